#ifndef CNCURSES_H
#define CNCURSES_H

// The console's only door to ncurses and to the terminal. Plain C types: nothing of <curses.h>, whose
// macros and globals Swift cannot use, gets out. All of it belongs to one thread, the main one, but for
// console_post.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// What the console asks of the terminal.
typedef struct {
  int32_t escape_delay;  // milliseconds that a lone Esc is waited for; 50 is good
  bool mouse;
  bool colors;
  bool synchronized;    // frames between CSI ?2026 h and l, for terminals that hold a frame back
  bool ask_background;  // the answer, if one comes, is CONSOLE_BACKGROUND
} console_options;

enum {
  CONSOLE_OK = 0,
  CONSOLE_NOT_A_TERMINAL = 1,  // standard input or output is none
  CONSOLE_NO_TYPE = 2,         // neither TERM nor any fallback is known here
  CONSOLE_FAILED = 3,          // errno says why
};

// Cells' attributes.
enum {
  CONSOLE_BOLD = 1,
  CONSOLE_DIM = 2,
  CONSOLE_UNDERLINE = 4,
  CONSOLE_REVERSE = 8,
};

enum {
  CONSOLE_NOTHING = 0,
  CONSOLE_CHARACTER = 1,  // code: a Unicode scalar, C0 controls included
  CONSOLE_KEY = 2,        // code: a CONSOLE_KEY_…
  CONSOLE_MOUSE = 3,      // code: button, row, column
  CONSOLE_PASTE_BEGIN = 4,
  CONSOLE_PASTE_END = 5,
  CONSOLE_RESIZE = 6,
  CONSOLE_END = 7,  // the terminal is gone
  CONSOLE_BACKGROUND = 8,  // code: 1 where it is light, 0 where it is dark
};

enum {
  CONSOLE_KEY_UP = 1, CONSOLE_KEY_DOWN, CONSOLE_KEY_LEFT, CONSOLE_KEY_RIGHT, CONSOLE_KEY_HOME,
  CONSOLE_KEY_END, CONSOLE_KEY_PAGE_UP, CONSOLE_KEY_PAGE_DOWN, CONSOLE_KEY_INSERT,
  CONSOLE_KEY_DELETE, CONSOLE_KEY_BACKSPACE, CONSOLE_KEY_ENTER, CONSOLE_KEY_TAB,
  CONSOLE_KEY_BACK_TAB, CONSOLE_KEY_ESCAPE,
  CONSOLE_KEY_F1,  // and F2 to F12 behind it
};

enum {
  CONSOLE_MOUSE_LEFT = 1, CONSOLE_MOUSE_MIDDLE, CONSOLE_MOUSE_RIGHT, CONSOLE_MOUSE_WHEEL_UP,
  CONSOLE_MOUSE_WHEEL_DOWN,
};

typedef struct {
  int32_t kind;
  uint32_t code;
  bool shift, alt, control;
  int32_t row, column;
} console_event;

// Makes this process the guard of another that runs the program anew with these arguments, and gives the
// terminal back when that one is killed with SIGKILL. Returns in that one; and here, where none can be
// started. Before any thread.
void console_guard(char *const *arguments);

// Opens the terminal: alternate screen, raw input, keypad, mouse, bracketed paste, handlers of signals
// and crashes. `type` gets the terminal type that is used, which is another than TERM's where that is not known.
int32_t console_start(const console_options *options, char *type, size_t type_size);
// Gives the terminal back as it was, then writes what came to standard error meanwhile. Twice does
// nothing.
void console_stop(void);

void console_size(int32_t *rows, int32_t *columns);
// 0, 8, 16, 88, 256, or 1 << 24.
int32_t console_colors(void);
void console_set_mouse(bool on);

// One cell's contents: up to 5 scalars, the first of width 1 or 2, the others of width 0. A color is a
// palette index, 0xRRGGBB on a direct-color terminal, or -1 for the terminal's own.
void console_put(
  int32_t row, int32_t column, const uint32_t *scalars, int32_t count, uint32_t attributes,
  int32_t foreground, int32_t background);
void console_clear(void);
void console_cursor(int32_t row, int32_t column, bool is_visible);
// Brings what was put onto the terminal by one write. 0, or the errno (EIO: the terminal is gone).
int32_t console_flush(void);
// The next flush paints everything anew.
void console_repaint(void);
// Writes bytes of a control string (OSC 52 …) outside a frame. 0, or the errno.
int32_t console_write(const void *bytes, size_t count);

// Waits for input, a signal or a post; -1 waits without end. A mask of CONSOLE_HAS_….
enum { CONSOLE_HAS_INPUT = 1, CONSOLE_HAS_SIGNAL = 2, CONSOLE_HAS_POST = 4, CONSOLE_HAS_HANGUP = 8 };
int32_t console_poll(int32_t milliseconds);
// Ends a poll; from any thread.
void console_post(void);
// The next event that is there; false when there is none.
bool console_next(console_event *event);
// The next signal that came (SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGTSTP, SIGWINCH), or 0.
int32_t console_next_signal(void);
// Gives the terminal back, stops the process group, and takes the terminal again. False, at once, when
// nobody could wake it: the process group is orphaned.
bool console_suspend(void);

// Whether a crash may leave a core dump: not while a key is on the screen.
void console_allow_dumps(bool allowed);

// How many cells the C library gives a scalar: -1 to 2.
int32_t console_width(uint32_t scalar);

#endif
