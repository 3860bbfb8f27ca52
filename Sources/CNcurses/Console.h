// What the files of this target share.
#ifndef CONSOLE_PRIVATE_H
#define CONSOLE_PRIVATE_H

#define _GNU_SOURCE
#define NCURSES_WIDECHAR 1
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>
#include <curses.h>
#include "CNcurses.h"

struct console {
  bool is_open;
  // Nobody is at the other end: nothing is written any more.
  bool is_gone;
  bool has_colors;
  bool has_mouse;
  // ncurses writes here; while it paints, into memory instead.
  int output;
  int terminal;
  int memory;
  FILE *file;
  SCREEN *screen;
  struct termios before;
  int signals[2];
  // What is written to standard error while the screen is up would ruin it; it is kept here.
  int errors;
  int errors_before;
  bool synchronized;
  int posts;
};

extern struct console console;

// Writes all of it, or tells the errno.
int console_write_all(int descriptor, const void *bytes, size_t count);
// Switches on, and off, what ncurses does not.
void console_modes_on(void);
void console_modes_off(void);
// Takes the terminal's size, and lets ncurses know.
void console_take_size(void);
void console_define_keys(void);
void console_catch_signals(void);
void console_release_signals(void);
// Gives standard error back, with what came meanwhile. Calls nothing that a signal handler may not.
void console_release_errors(void);

#endif
