#ifndef CSYSCALLS_H
#define CSYSCALLS_H
#endif
