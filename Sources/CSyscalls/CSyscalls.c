#include "CSyscalls.h"
