// Opening the terminal, cells, frames, and giving it back.
#include "Console.h"
// Last: its macros take words such as columns.
#include <term.h>

struct console console = {.output = -1, .terminal = -1, .memory = -1, .signals = {-1, -1}, .posts = -1,
                          .errors = -1, .errors_before = -1};

static const char modes_on[] = "\033[?2004h";
// Also what a crash writes: leaves the alternate screen, shows the cursor, keypad and mouse off.
static const char modes_off[] = "\033[?2004l";

int console_write_all(int descriptor, const void *bytes, size_t count) {
  const char *rest = bytes;
  while (count > 0) {
    ssize_t written = write(descriptor, rest, count);
    if (written > 0) {
      rest += written;
      count -= (size_t)written;
    } else if (written < 0 && errno == EAGAIN) {
      struct pollfd waiting = {.fd = descriptor, .events = POLLOUT};
      poll(&waiting, 1, -1);
    } else if (written < 0 && errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

// By write: what goes through stdio would come between the bytes of ncurses at some later time.
void console_modes_on(void) {
  console_write_all(console.terminal, modes_on, sizeof modes_on - 1);
}

void console_modes_off(void) {
  console_write_all(console.terminal, modes_off, sizeof modes_off - 1);
}

// The first of them that the machine knows.
static const char *known_type(void) {
  const char *types[] = {getenv("TERM"), "xterm-256color", "xterm", "vt100"};
  for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
    int error = 0;
    if (types[i] == NULL || *types[i] == 0 || strcmp(types[i], "dumb") == 0) continue;
    if (setupterm(types[i], STDOUT_FILENO, &error) == OK) {
      del_curterm(cur_term);
      return types[i];
    }
  }
  return NULL;
}

static int32_t failed(void) {
  int reason = errno;
  if (console.file != NULL) fclose(console.file);
  if (console.terminal >= 0) close(console.terminal);
  if (console.memory >= 0) close(console.memory);
  console.file = NULL;
  console.terminal = console.memory = -1;
  errno = reason;
  return CONSOLE_FAILED;
}

static void catch_errors(void) {
  console.errors = memfd_create("errors", MFD_CLOEXEC);
  if (console.errors < 0) return;
  console.errors_before = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
  if (console.errors_before >= 0) dup2(console.errors, STDERR_FILENO);
}

void console_release_errors(void) {
  if (console.errors_before < 0) return;
  dup2(console.errors_before, STDERR_FILENO);
  console.errors_before = -1;
  char text[4096];
  ssize_t count;
  lseek(console.errors, 0, SEEK_SET);
  // A crash says all that it has to say in less.
  for (int i = 0; i < 16 && (count = read(console.errors, text, sizeof text)) > 0; i++) {
    console_write_all(STDERR_FILENO, text, (size_t)count);
  }
}

int32_t console_start(const console_options *options, char *type, size_t type_size) {
  if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) return CONSOLE_NOT_A_TERMINAL;
  // Where sshd dropped LANG the terminal still is what it is.
  if (setlocale(LC_CTYPE, "") == NULL || MB_CUR_MAX < 4) setlocale(LC_CTYPE, "C.UTF-8");
  const char *known = known_type();
  if (known == NULL) return CONSOLE_NO_TYPE;
  if (type_size > 0) {
    strncpy(type, known, type_size - 1);
    type[type_size - 1] = 0;
  }
  if (tcgetattr(STDIN_FILENO, &console.before) != 0) return CONSOLE_FAILED;
  console.terminal = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
  console.output = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
  console.memory = memfd_create("frame", MFD_CLOEXEC);
  if (console.terminal < 0 || console.output < 0 || console.memory < 0) return failed();
  console.file = fdopen(console.output, "w");
  if (console.file == NULL) return failed();
  console.posts = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (console.posts < 0 || pipe2(console.signals, O_NONBLOCK | O_CLOEXEC) != 0) return failed();

  console.screen = newterm(known, console.file, stdin);
  if (console.screen == NULL) return failed();
  set_term(console.screen);
  set_escdelay(options->escape_delay);
  raw();
  noecho();
  nonl();
  keypad(stdscr, TRUE);
  nodelay(stdscr, TRUE);
  intrflush(stdscr, FALSE);
  leaveok(stdscr, FALSE);
  // Or ncurses leaves a frame half painted when a key waits.
  typeahead(-1);
  console.has_colors = options->colors && has_colors();
  if (console.has_colors) {
    start_color();
    use_default_colors();
    // Else leaving would reset a palette that is the operator's own.
    orig_colors = NULL;
  }
  console_define_keys();
  console.synchronized = options->synchronized;
  catch_errors();
  console.is_open = true;
  console.is_gone = false;
  console_catch_signals();
  console_modes_on();
  console_set_mouse(options->mouse);
  static const char ask[] = "\033]11;?\033\\";
  if (options->ask_background) console_write_all(console.terminal, ask, sizeof ask - 1);
  return CONSOLE_OK;
}

void console_stop(void) {
  if (!console.is_open) return;
  console.is_open = false;
  if (!console.is_gone) {
    console_set_mouse(false);
    console_modes_off();
    curs_set(1);
    endwin();
    tcsetattr(STDIN_FILENO, TCSANOW, &console.before);
  }
  console_release_signals();
  console_release_errors();
}

void console_size(int32_t *height, int32_t *width) {
  *height = getmaxy(stdscr);
  *width = getmaxx(stdscr);
}

void console_take_size(void) {
  struct winsize size;
  if (ioctl(console.terminal, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0) {
    resizeterm(size.ws_row, size.ws_col);
  }
}

int32_t console_colors(void) { return console.has_colors ? COLORS : 0; }

void console_set_mouse(bool on) {
  mmask_t wanted = BUTTON1_PRESSED | BUTTON2_PRESSED | BUTTON3_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED;
  mousemask(on ? wanted : 0, NULL);
  mouseinterval(0);
  console.has_mouse = on;
}

void console_put(
  int32_t row, int32_t column, const uint32_t *scalars, int32_t count, uint32_t attributes,
  int32_t foreground, int32_t background) {
  if (row < 0 || column < 0 || row >= getmaxy(stdscr) || count < 1) return;
  wchar_t text[CCHARW_MAX + 1] = {0};
  if (count > CCHARW_MAX) count = CCHARW_MAX;
  for (int32_t i = 0; i < count; i++) text[i] = (wchar_t)scalars[i];
  int width = wcwidth(text[0]);
  if (width < 1 || column + width > getmaxx(stdscr)) return;
  attr_t style = A_NORMAL;
  if (attributes & CONSOLE_BOLD) style |= A_BOLD;
  if (attributes & CONSOLE_DIM) style |= A_DIM;
  if (attributes & CONSOLE_UNDERLINE) style |= A_UNDERLINE;
  if (attributes & CONSOLE_REVERSE) style |= A_REVERSE;
  int pair = 0;
  if (console.has_colors && (foreground >= 0 || background >= 0)) {
    pair = alloc_pair(foreground, background);
    if (pair < 0) pair = 0;
  }
  cchar_t cell;
  // Pairs beyond what a short holds go by the last argument.
  if (setcchar(&cell, text, style, 0, &pair) == OK) mvadd_wch(row, column, &cell);
}

void console_clear(void) { erase(); }

void console_cursor(int32_t row, int32_t column, bool is_visible) {
  curs_set(is_visible ? 1 : 0);
  move(row, column);
}

// A frame on its way from ncurses to the terminal.
struct buffer {
  char *bytes;
  size_t count, capacity;
};

static bool reserve(struct buffer *buffer, size_t capacity) {
  if (buffer->capacity >= capacity) return true;
  char *bytes = realloc(buffer->bytes, capacity * 2);
  if (bytes == NULL) return false;
  buffer->bytes = bytes;
  buffer->capacity = capacity * 2;
  return true;
}

static bool add(struct buffer *buffer, const char *bytes, size_t count) {
  if (!reserve(buffer, buffer->count + count)) return false;
  memcpy(buffer->bytes + buffer->count, bytes, count);
  buffer->count += count;
  return true;
}

// How long `ESC [ number b` is that stands there, and its number; 0 where there is none.
static size_t repetition(const char *text, size_t size, size_t *number) {
  size_t at = 2;
  *number = 0;
  if (size < 4 || text[0] != '\033' || text[1] != '[') return 0;
  while (at < size && at < 8 && text[at] >= '0' && text[at] <= '9') *number = *number * 10 + (size_t)(text[at++] - '0');
  return at > 2 && at < size && text[at] == 'b' ? at + 1 : 0;
}

// Takes out what says nothing: the character set that is on already (ESC ( B, with each change of
// attributes), and a colour's end right before the end of everything. That is a fifth of a frame. And
// repetitions are spelled out: not every terminal that calls itself xterm knows them.
static bool shorten(const struct buffer *frame, struct buffer *out) {
  static const struct {
    const char *text;
    size_t count, kept;
  } idle[] = {{"\033(B", 3, 0}, {"\033[39m\033(B\033[m", 11, 3}, {"\033[39m\033[m", 8, 3}};
  for (size_t at = 0; at < frame->count;) {
    const char *rest = frame->bytes + at;
    size_t left = frame->count - at, number;
    if (*rest != '\033') {
      const char *next = memchr(rest, '\033', left);
      size_t count = next == NULL ? left : (size_t)(next - rest);
      if (!add(out, rest, count)) return false;
      at += count;
      continue;
    }
    size_t length = repetition(rest, left, &number);
    if (length > 0 && out->count > 0 && number < 4096) {
      char last = out->bytes[out->count - 1];
      for (size_t i = 0; i < number; i++) {
        if (!add(out, &last, 1)) return false;
      }
      at += length;
      continue;
    }
    bool is_idle = false;
    for (size_t i = sizeof idle / sizeof *idle; i-- > 0 && !is_idle;) {
      if (left < idle[i].count || memcmp(rest, idle[i].text, idle[i].count) != 0) continue;
      is_idle = true;
      if (!add(out, rest + idle[i].count - idle[i].kept, idle[i].kept)) return false;
      at += idle[i].count;
    }
    if (is_idle) continue;
    if (!add(out, rest, 1)) return false;
    at++;
  }
  return true;
}

// ncurses writes once a cursor's move. While it paints, its descriptor is memory, and what is there then
// goes out by one write.
int32_t console_flush(void) {
  static struct buffer frame, out;
  static const char begin[] = "\033[?2026h", end[] = "\033[?2026l";
  if (console.is_gone) return EIO;
  lseek(console.memory, 0, SEEK_SET);
  if (dup3(console.memory, console.output, O_CLOEXEC) < 0) return errno;
  wnoutrefresh(stdscr);
  doupdate();
  fflush(console.file);
  dup3(console.terminal, console.output, O_CLOEXEC);
  off_t size = lseek(console.memory, 0, SEEK_CUR);
  if (size <= 0) return 0;
  if (!reserve(&frame, (size_t)size)) return ENOMEM;
  ssize_t count = pread(console.memory, frame.bytes, (size_t)size, 0);
  if (count < 0) return errno;
  frame.count = (size_t)count;
  out.count = 0;
  bool fits = !console.synchronized || add(&out, begin, sizeof begin - 1);
  fits = fits && shorten(&frame, &out) && (!console.synchronized || add(&out, end, sizeof end - 1));
  if (!fits) return ENOMEM;
  int result = console_write_all(console.terminal, out.bytes, out.count);
  if (result == EIO) console.is_gone = true;
  return result;
}

void console_repaint(void) { clearok(curscr, TRUE); }

int32_t console_write(const void *bytes, size_t count) {
  if (console.is_gone) return EIO;
  return console_write_all(console.terminal, bytes, count);
}

int32_t console_width(uint32_t scalar) { return wcwidth((wchar_t)scalar); }
