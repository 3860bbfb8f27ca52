#define _GNU_SOURCE
#include "CSyscalls.h"

#include <malloc.h>
#include <elf.h>
#include <link.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int gateway_usable_processors(void) {
  cpu_set_t mask;
  return sched_getaffinity(0, sizeof mask, &mask) == 0 ? CPU_COUNT(&mask) : -1;
}

const void *gateway_find(const void *bytes, size_t count, const void *text, size_t text_count) {
  return memmem(bytes, count, text, text_count);
}

/* What the loader changed in a segment exists nowhere else: such an object keeps its text. */
static int has_text_relocations(const struct dl_phdr_info *object) {
  for (int i = 0; i < object->dlpi_phnum; i++) {
    const ElfW(Phdr) *header = &object->dlpi_phdr[i];
    if (header->p_type != PT_DYNAMIC) continue;
    const ElfW(Dyn) *entry = (const ElfW(Dyn) *)(object->dlpi_addr + header->p_vaddr);
    for (; entry->d_tag != DT_NULL; entry++) {
      if (entry->d_tag == DT_TEXTREL) return 1;
      if (entry->d_tag == DT_FLAGS && entry->d_un.d_val & DF_TEXTREL) return 1;
    }
  }
  return 0;
}

static int release_text(struct dl_phdr_info *object, size_t size, void *unused) {
  (void)size, (void)unused;
  /* The kernel's own object has no file behind it. */
  if (strncmp(object->dlpi_name, "linux-", 6) == 0 || has_text_relocations(object)) return 0;
  uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  for (int i = 0; i < object->dlpi_phnum; i++) {
    const ElfW(Phdr) *header = &object->dlpi_phdr[i];
    if (header->p_type != PT_LOAD || !(header->p_flags & PF_X) || header->p_flags & PF_W) continue;
    uintptr_t start = (object->dlpi_addr + header->p_vaddr) & ~(page - 1);
    uintptr_t end = object->dlpi_addr + header->p_vaddr + header->p_filesz;
    /* It is advice: where it is not taken, nothing is lost but the memory. */
    madvise((void *)start, end - start, MADV_DONTNEED);
  }
  return 0;
}

void gateway_release_text(void) { dl_iterate_phdr(release_text, NULL); }

void gateway_trim_heap(void) { malloc_trim(0); }

void gateway_use_one_heap(void) { mallopt(M_ARENA_MAX, 1); }
