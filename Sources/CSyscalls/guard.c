/* The guard of a stdio backend's process: see gateway_guard in CSyscalls.h. */
#define _GNU_SOURCE
#include "CSyscalls.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* How long what is left has to end after SIGTERM, in milliseconds. */
enum { patience = 300 };

static long long now_ms(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000LL + time.tv_nsec / 1000000;
}

/* Reaps whatever has ended; notes the command's status. False once no child is left. */
static int reap(pid_t command, int *status) {
  for (;;) {
    int ended;
    pid_t pid = waitpid(-1, &ended, WNOHANG);
    if (pid == 0) return 1;
    if (pid < 0 && errno != EINTR) return 0;
    if (pid == command) *status = ended;
  }
}

/* Sends a signal to each child. Being their subreaper, this process gets the children of every one
 * that ends, whatever session they made for themselves. */
static void signal_children(int number) {
  char path[64], line[64];
  snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
  FILE *file = fopen(path, "re");
  if (file == NULL) return;
  while (fscanf(file, "%63s", line) == 1) {
    pid_t pid = atoi(line);
    if (pid > 1) kill(pid, number);
  }
  fclose(file);
}

/* Ends all that descends from this process. The signal is blocked here, so that the group of which
 * this process is the leader may have it. */
static void end_all(pid_t command, int *status, int is_gentle) {
  struct timespec pause = {0, 10 * 1000 * 1000};
  long long end = now_ms() + (is_gentle ? patience : 0);
  kill(0, SIGTERM);
  signal_children(SIGTERM);
  while (reap(command, status) && now_ms() < end) nanosleep(&pause, NULL);
  /* Each round brings the children of those that ended in the one before. */
  for (int round = 0; round < 50 && reap(command, status); round++) {
    signal_children(SIGKILL);
    nanosleep(&pause, NULL);
  }
  /* A kernel that does not list children (CONFIG_PROC_CHILDREN): the group at least, and with it
   * this process. */
  if (reap(command, status)) kill(0, SIGKILL);
}

static _Noreturn void leave_as(int status) {
  if (WIFEXITED(status)) _exit(WEXITSTATUS(status));
  struct rlimit none = {0, 0};
  setrlimit(RLIMIT_CORE, &none);
  /* Others stay blocked: the SIGTERM of end_all waits here too. */
  sigset_t own;
  sigemptyset(&own);
  sigaddset(&own, WTERMSIG(status));
  signal(WTERMSIG(status), SIG_DFL);
  sigprocmask(SIG_UNBLOCK, &own, NULL);
  kill(getpid(), WTERMSIG(status));
  _exit(128 + WTERMSIG(status));
}

void gateway_guard(pid_t gateway, char *const *arguments) {
  /* The group is this process's own, whoever started it: end_all signals all of it. */
  setpgid(0, 0);
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  int gone = (int)syscall(SYS_pidfd_open, gateway, 0);
  /* Had it gone before, its number might be another's by now. */
  if (getppid() != gateway) _exit(0);

  sigset_t mask, before;
  sigfillset(&mask);
  sigprocmask(SIG_SETMASK, &mask, &before);
  int signals = signalfd(-1, &mask, SFD_CLOEXEC);
  pid_t self = getpid();
  pid_t command = fork();
  if (command == 0) {
    /* This process has one thread only: the signal comes when it ends, and not earlier. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != self) _exit(127);
    sigprocmask(SIG_SETMASK, &before, NULL);
    execv(arguments[0], arguments);
    fprintf(stderr, "cannot run %s: %s\n", arguments[0], strerror(errno));
    _exit(127);
  }
  if (command < 0) {
    fprintf(stderr, "cannot start a process: %s\n", strerror(errno));
    _exit(126);
  }

  /* The command's streams are its own: their ends have to be seen. */
  int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int stream = 0; stream <= 2; stream++) dup2(nothing, stream);

  int status = -1;
  while (status == -1) {
    struct pollfd events[2] = {{signals, POLLIN, 0}, {gone, POLLIN, 0}};
    /* Without pidfd_open (Linux 5.3) the parent is looked at now and then. */
    if (poll(events, 2, gone < 0 ? 500 : -1) < 0 && errno != EINTR) break;
    if (events[1].revents != 0 || getppid() != gateway) {
      end_all(command, &status, 1);
      _exit(0);
    }
    struct signalfd_siginfo info;
    if (events[0].revents == 0 || read(signals, &info, sizeof info) != sizeof info) continue;
    if (info.ssi_signo == SIGUSR1) end_all(command, &status, 0);
    else reap(command, &status);
  }
  end_all(command, &status, 1);
  leave_as(status);
}
