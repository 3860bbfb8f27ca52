#define _GNU_SOURCE
#include "CSyscalls.h"

#include <sched.h>

int gateway_usable_processors(void) {
  cpu_set_t mask;
  return sched_getaffinity(0, sizeof mask, &mask) == 0 ? CPU_COUNT(&mask) : -1;
}
