// A parent that does nothing but wait, so that somebody is there to give the terminal back when this
// process is killed in a way that it cannot see.
//
// The child runs the program anew rather than go on from the fork: the Swift runtime keeps the number of
// its thread, which is another after a fork, and its locks then turn without end once two threads meet.
#include "Console.h"
#include <stdio.h>

// How the child knows its guard: the number of that process.
static const char mark[] = "GATEWAY_ADMIN_GUARD";
static const char program[] = "/proc/self/exe";

static pid_t child;

static void forward(int signal) {
  if (child > 0) kill(child, signal);
}

static void give_back(const struct termios *before) {
  static const char restore[] =
    "\033[?1006;1003;1002;1000l\033[?2004l\033[m\033[?1l\033>\033[?1049l\033[?25h";
  static const char why[] = "gateway-admin was killed (SIGKILL); what was saved is saved.\n";
  console_write_all(STDOUT_FILENO, restore, sizeof restore - 1);
  tcsetattr(STDIN_FILENO, TCSANOW, before);
  console_write_all(STDERR_FILENO, why, sizeof why - 1);
}

static bool is_guarded(void) {
  const char *guard = getenv(mark);
  bool is = guard && atoi(guard) == getppid();
  unsetenv(mark);
  // Its name would be "exe".
  if (is) prctl(PR_SET_NAME, program_invocation_short_name);
  return is;
}

static _Noreturn void run_guarded(pid_t guard, char *const *arguments) {
  // It lasts through execve.
  prctl(PR_SET_PDEATHSIG, SIGHUP);
  // It may have ended before that was asked for.
  if (getppid() != guard) raise(SIGHUP);
  char number[16];
  snprintf(number, sizeof number, "%d", (int)guard);
  setenv(mark, number, 1);
  execv(program, arguments);
  fprintf(stderr, "gateway-admin: cannot run itself (%s): %s\n", program, strerror(errno));
  _exit(126);
}

void console_guard(char *const *arguments) {
  struct termios before;
  if (is_guarded() || access(program, X_OK) != 0 || tcgetattr(STDIN_FILENO, &before) != 0) return;
  pid_t guard = getpid();
  child = fork();
  if (child < 0) return;
  if (child == 0) run_guarded(guard, arguments);
  static const int forwarded[] = {SIGTERM, SIGINT, SIGQUIT, SIGHUP};
  for (size_t i = 0; i < sizeof forwarded / sizeof *forwarded; i++) {
    struct sigaction action = {.sa_handler = forward, .sa_flags = SA_RESTART};
    sigaction(forwarded[i], &action, NULL);
  }
  // Both are of one process group: what stops and wakes the one does so with the other.
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
  if (WIFEXITED(status)) _exit(WEXITSTATUS(status));
  int signal = WTERMSIG(status);
  if (signal == SIGKILL) {
    give_back(&before);
    _exit(128 + SIGKILL);
  }
  // As it ended, so that whoever started it sees that; its core, if there is one, is there already.
  struct sigaction action = {.sa_handler = SIG_DFL};
  sigaction(signal, &action, NULL);
  prctl(PR_SET_DUMPABLE, 0);
  raise(signal);
  _exit(128 + signal);
}
