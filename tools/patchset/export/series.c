#include "export.h"
int do_series(const struct options *o) { (void)o; die("not yet"); }
