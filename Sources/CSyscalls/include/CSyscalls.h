/* System calls that Swift's Glibc lacks. */
#ifndef CSYSCALLS_H
#define CSYSCALLS_H

#include <sys/vfs.h>

/* The type of the file system that a path is on (statfs(2)); -1 when it cannot be told. */
static inline long gateway_file_system_type(const char *path) {
  struct statfs status;
  return statfs(path, &status) == 0 ? (long)status.f_type : -1;
}

/* How many processors the affinity mask of this process leaves it (sched_getaffinity(2)); -1 when
 * that cannot be told. */
int gateway_usable_processors(void);

#endif
