// Signals, crashes, sleeping and suspending.
#include "Console.h"

static const int told[] = {SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGTSTP, SIGWINCH};
static const int fatal[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT, SIGFPE};
static struct sigaction before_told[sizeof told / sizeof *told];
static struct sigaction before_fatal[sizeof fatal / sizeof *fatal];
static struct sigaction before_pipe;

// Alternate screen left, cursor shown, attributes off, keypad off, mouse and paste reports off.
static const char restore[] =
  "\033[?1006;1003;1002;1000l\033[?2004l\033[m\033[?1l\033>\033[?1049l\033[?25h";

static void tell(int signal) {
  int reason = errno;
  unsigned char byte = (unsigned char)signal;
  (void)!write(console.signals[1], &byte, 1);
  errno = reason;
}

// Only what may be called in a handler: the process is broken.
static void crash(int signal) {
  if (console.is_open && !console.is_gone) {
    (void)!write(console.terminal, restore, sizeof restore - 1);
    tcsetattr(STDIN_FILENO, TCSANOW, &console.before);
    console_release_errors();
  }
  struct sigaction action = {.sa_handler = SIG_DFL};
  sigaction(signal, &action, NULL);
  raise(signal);
}

void console_catch_signals(void) {
  static char stack[64 * 1024];
  stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
  sigaltstack(&alternate, NULL);
  for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
    struct sigaction action = {.sa_handler = tell, .sa_flags = SA_RESTART};
    sigaction(told[i], &action, &before_told[i]);
  }
  for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++) {
    struct sigaction action = {.sa_handler = crash, .sa_flags = (int)(SA_ONSTACK | SA_NODEFER)};
    sigaction(fatal[i], &action, &before_fatal[i]);
  }
  struct sigaction ignore = {.sa_handler = SIG_IGN};
  sigaction(SIGPIPE, &ignore, &before_pipe);
}

void console_release_signals(void) {
  for (size_t i = 0; i < sizeof told / sizeof *told; i++) sigaction(told[i], &before_told[i], NULL);
  for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++) sigaction(fatal[i], &before_fatal[i], NULL);
  sigaction(SIGPIPE, &before_pipe, NULL);
}

int32_t console_next_signal(void) {
  unsigned char signal = 0;
  if (read(console.signals[0], &signal, 1) != 1) return 0;
  if (signal == SIGWINCH) console_take_size();
  return signal;
}

void console_allow_dumps(bool allowed) { prctl(PR_SET_DUMPABLE, allowed ? 1 : 0); }

void console_post(void) {
  uint64_t one = 1;
  (void)!write(console.posts, &one, sizeof one);
}

int32_t console_poll(int32_t milliseconds) {
  struct pollfd waiting[] = {
    {.fd = STDIN_FILENO, .events = POLLIN},
    {.fd = console.signals[0], .events = POLLIN},
    {.fd = console.posts, .events = POLLIN},
  };
  if (poll(waiting, 3, milliseconds) <= 0) return 0;
  int32_t happened = 0;
  if (waiting[0].revents & POLLIN) {
    int count = 0;
    // Readable, and nothing to read: the end.
    if (ioctl(STDIN_FILENO, FIONREAD, &count) != 0 || count == 0) console.is_gone = true;
    happened |= CONSOLE_HAS_INPUT;
  }
  if (waiting[0].revents & (POLLHUP | POLLERR | POLLNVAL)) console.is_gone = true;
  if (console.is_gone) happened |= CONSOLE_HAS_HANGUP;
  if (waiting[1].revents & POLLIN) happened |= CONSOLE_HAS_SIGNAL;
  if (waiting[2].revents & POLLIN) {
    uint64_t count;
    (void)!read(console.posts, &count, sizeof count);
    happened |= CONSOLE_HAS_POST;
  }
  return happened;
}

// Whether nobody is there who could wake a stopped process: no member of its process group has a parent
// in another group of the same session. The parent of the first that was started decides.
static bool is_orphaned(void) {
  pid_t group = getpgrp();
  // The guard, where there is one, is of the same group, and its parent is who counts.
  pid_t leader_parent = getppid();
  char path[64], text[512];
  for (int i = 0; i < 4 && leader_parent > 1 && getpgid(leader_parent) == group; i++) {
    snprintf(path, sizeof path, "/proc/%d/stat", (int)leader_parent);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return true;
    ssize_t count = read(file, text, sizeof text - 1);
    close(file);
    if (count <= 0) return true;
    text[count] = 0;
    // The name stands in brackets, and may hold anything.
    char *end = strrchr(text, ')');
    int parent = 0;
    if (end == NULL || sscanf(end + 1, " %*c %d", &parent) != 1) return true;
    leader_parent = parent;
  }
  return leader_parent <= 1 || getsid(leader_parent) != getsid(0);
}

bool console_suspend(void) {
  bool can = !is_orphaned();
  if (!can) return false;
  bool had_mouse = console.has_mouse;
  console_set_mouse(false);
  console_modes_off();
  endwin();
  tcsetattr(STDIN_FILENO, TCSANOW, &console.before);
  struct sigaction action = {.sa_handler = SIG_DFL}, own;
  sigaction(SIGTSTP, &action, &own);
  kill(0, SIGTSTP);
  // Here again after SIGCONT.
  sigaction(SIGTSTP, &own, NULL);
  console_take_size();
  refresh();
  console_modes_on();
  console_set_mouse(had_mouse);
  clearok(curscr, TRUE);
  return true;
}
