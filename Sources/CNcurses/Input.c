// Keys, mouse, paste: what ncurses makes of the terminal's bytes, as events.
#include "Console.h"
#include <stdio.h>

enum { KEY_PASTE_BEGIN = KEY_MAX + 1, KEY_PASTE_END };

static bool is_in_paste;
static bool has_told_end;

void console_define_keys(void) {
  define_key("\033[200~", KEY_PASTE_BEGIN);
  define_key("\033[201~", KEY_PASTE_END);
  // Terminals send one form or the other, whatever their type says.
  static const struct {
    const char *sequence;
    int key;
  } keys[] = {
    {"\033[A", KEY_UP},     {"\033OA", KEY_UP},   {"\033[B", KEY_DOWN},  {"\033OB", KEY_DOWN},
    {"\033[C", KEY_RIGHT},  {"\033OC", KEY_RIGHT}, {"\033[D", KEY_LEFT},  {"\033OD", KEY_LEFT},
    {"\033[H", KEY_HOME},   {"\033OH", KEY_HOME}, {"\033[1~", KEY_HOME}, {"\033[7~", KEY_HOME},
    {"\033[F", KEY_END},    {"\033OF", KEY_END},  {"\033[4~", KEY_END},  {"\033[8~", KEY_END},
    {"\033[5~", KEY_PPAGE}, {"\033[6~", KEY_NPAGE}, {"\033[2~", KEY_IC}, {"\033[3~", KEY_DC},
    {"\033[Z", KEY_BTAB},
  };
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) define_key(keys[i].sequence, keys[i].key);
}

static uint32_t key_code(wint_t key) {
  switch (key) {
  case KEY_UP: return CONSOLE_KEY_UP;
  case KEY_DOWN: return CONSOLE_KEY_DOWN;
  case KEY_LEFT: return CONSOLE_KEY_LEFT;
  case KEY_RIGHT: return CONSOLE_KEY_RIGHT;
  case KEY_HOME: return CONSOLE_KEY_HOME;
  case KEY_END: return CONSOLE_KEY_END;
  case KEY_PPAGE: return CONSOLE_KEY_PAGE_UP;
  case KEY_NPAGE: return CONSOLE_KEY_PAGE_DOWN;
  case KEY_IC: return CONSOLE_KEY_INSERT;
  case KEY_DC: return CONSOLE_KEY_DELETE;
  case KEY_BACKSPACE: return CONSOLE_KEY_BACKSPACE;
  case KEY_ENTER: return CONSOLE_KEY_ENTER;
  case KEY_BTAB: return CONSOLE_KEY_BACK_TAB;
  default: return key >= KEY_F(1) && key <= KEY_F(12) ? CONSOLE_KEY_F1 + (uint32_t)(key - KEY_F(1)) : 0;
  }
}

static bool take_mouse(console_event *event) {
  MEVENT mouse;
  if (getmouse(&mouse) != OK) return false;
  event->kind = CONSOLE_MOUSE;
  event->row = mouse.y;
  event->column = mouse.x;
  if (mouse.bstate & BUTTON1_PRESSED) event->code = CONSOLE_MOUSE_LEFT;
  else if (mouse.bstate & BUTTON2_PRESSED) event->code = CONSOLE_MOUSE_MIDDLE;
  else if (mouse.bstate & BUTTON3_PRESSED) event->code = CONSOLE_MOUSE_RIGHT;
  else if (mouse.bstate & BUTTON4_PRESSED) event->code = CONSOLE_MOUSE_WHEEL_UP;
  else if (mouse.bstate & BUTTON5_PRESSED) event->code = CONSOLE_MOUSE_WHEEL_DOWN;
  else return false;
  return true;
}

static void take_character(wint_t scalar, console_event *event) {
  event->kind = CONSOLE_CHARACTER;
  event->code = scalar;
  if (is_in_paste) return;
  event->kind = CONSOLE_KEY;
  switch (scalar) {
  case '\r': case '\n': event->code = CONSOLE_KEY_ENTER; break;
  case '\t': event->code = CONSOLE_KEY_TAB; break;
  case 8: case 127: event->code = CONSOLE_KEY_BACKSPACE; break;
  case 27: event->code = CONSOLE_KEY_ESCAPE; break;
  default: event->kind = CONSOLE_CHARACTER;
  }
}

// A control string that the terminal sends (OSC), which is no typing: its answers come this way.
static char answer[128];
static size_t answer_size;
static bool is_in_answer;

// Light where red, green and blue of "11;rgb:ffff/ffff/ffff" come to more than half.
static bool take_background(console_event *event) {
  unsigned red, green, blue;
  answer[answer_size] = 0;
  if (sscanf(answer, "11;rgb:%4x/%4x/%4x", &red, &green, &blue) != 3) return false;
  // One to four digits are the same part of the whole.
  const char *first = strchr(answer, ':') + 1;
  unsigned digits = (unsigned)(strchr(first, '/') - first);
  unsigned whole = (1u << (4 * digits)) - 1;
  event->kind = CONSOLE_BACKGROUND;
  event->code = red * 30 + green * 59 + blue * 11 > whole * 50;
  return true;
}

// Whether it can be the next one of such an answer. What is typed behind Alt-] is not lost in one.
static bool is_answer(wint_t next) {
  static const char head[] = "11;rgb:";
  if (answer_size < sizeof head - 1) return next == (wint_t)head[answer_size];
  return next < 128 && strchr("0123456789abcdefABCDEF/\033\\\007", (int)next) != NULL;
}

// Takes one character of it; true where the event is whole.
static bool take_answer(wint_t next, console_event *event) {
  bool is_end = next == 7 || next == '\\' || answer_size + 1 >= sizeof answer;
  if (!is_end) {
    if (next != 27) answer[answer_size++] = (char)next;
    return false;
  }
  is_in_answer = false;
  return take_background(event);
}

// Whether the byte behind an Esc is there already: then it is Alt and a key, or an answer begins.
static bool take_alt(console_event *event) {
  wint_t next;
  if (get_wch(&next) != OK || next < 32 || next == 127) return false;
  if (next == ']') {
    is_in_answer = true;
    answer_size = 0;
    return false;
  }
  event->kind = CONSOLE_CHARACTER;
  event->code = next;
  event->alt = true;
  return true;
}

bool console_next(console_event *event) {
  memset(event, 0, sizeof *event);
  if (console.is_gone) {
    if (has_told_end) return false;
    has_told_end = true;
    event->kind = CONSOLE_END;
    return true;
  }
  // What is no event is passed over, at most so often in a row.
  for (int i = 0; i < 4096; i++) {
    wint_t key;
    int result = get_wch(&key);
    if (result == ERR) return false;
    if (result == OK && is_in_answer && is_answer(key)) {
      if (take_answer(key, event)) return true;
      continue;
    }
    is_in_answer = false;
    if (result == OK) {
      take_character(key, event);
      if (event->kind == CONSOLE_KEY && event->code == CONSOLE_KEY_ESCAPE) take_alt(event);
      if (is_in_answer) continue;
      return true;
    }
    switch (key) {
    case KEY_PASTE_BEGIN:
      is_in_paste = true;
      event->kind = CONSOLE_PASTE_BEGIN;
      return true;
    case KEY_PASTE_END:
      is_in_paste = false;
      event->kind = CONSOLE_PASTE_END;
      return true;
    case KEY_RESIZE:
      event->kind = CONSOLE_RESIZE;
      return true;
    case KEY_MOUSE:
      if (!take_mouse(event)) continue;
      return true;
    default:
      event->code = key_code(key);
      if (event->code == 0) continue;
      event->kind = CONSOLE_KEY;
      return true;
    }
  }
  return false;
}
