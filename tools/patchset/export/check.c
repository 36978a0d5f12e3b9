#include "export.h"
int do_check(const struct options *o) { (void)o; die("not yet"); }
