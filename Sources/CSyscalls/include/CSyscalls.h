/* System calls that Swift's Glibc lacks, and what has to be done between fork and exec. */
#ifndef CSYSCALLS_H
#define CSYSCALLS_H

#include <sys/types.h>
#include <sys/vfs.h>

/* The type of the file system that a path is on (statfs(2)); -1 when it cannot be told. */
static inline long gateway_file_system_type(const char *path) {
  struct statfs status;
  return statfs(path, &status) == 0 ? (long)status.f_type : -1;
}

/* How many processors the affinity mask of this process leaves it (sched_getaffinity(2)); -1 when
 * that cannot be told. */
int gateway_usable_processors(void);

/* Where the bytes first hold a text (memmem(3)); NULL when they do not. */
const void *gateway_find(const void *bytes, size_t count, const void *text, size_t text_count);

/* Gives back the pages of program text that are resident (MADV_DONTNEED): most were read to start,
 * never to serve, and those that serve come back from the page cache as they are used. */
void gateway_release_text(void);

/* Gives back what is free inside the heap (malloc_trim(3)). */
void gateway_trim_heap(void);

/* Lets all threads allocate from one heap (M_ARENA_MAX): for a program of little traffic, several
 * are memory that only one thread has use for. Before any other thread is there. */
void gateway_use_one_heap(void);

/* Runs a command (a path, and its arguments up to NULL) as the child of this process, which stays
 * as its guard and never returns: it ends as the command ends, once everything that descends from
 * it is ended, whatever sessions and groups that made. When the process `gateway`, its parent,
 * ends, or at SIGUSR1, all is ended at once. Other signals are left to the command, which is in
 * the same process group. Call it in a process of one thread. */
_Noreturn void gateway_guard(pid_t gateway, char *const *arguments);

#endif
