/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: sysfs_emit
 * names: sysfs_emit sysfs_emit_at
 * header: linux/sysfs.h
 * upstream: v5.10 a file of sysfs is a page
 * unless: sysfs_emit
 * include: linux/kernel.h linux/bug.h
 * use: char *p: int n = sysfs_emit(p, "%d", 1); n += sysfs_emit_at(p, n,
 *	"%d", 1);
 * needs: PAGE_MASK PAGE_SIZE WARN va_end va_list va_start vscnprintf
 */
static __maybe_unused __printf(3, 4)
int sysfs_emit_at(char *buf, int at, const char *fmt, ...)
{
	va_list args;
	int len;

	if (WARN(!buf || (unsigned long)buf & ~PAGE_MASK ||
		 at < 0 || at >= PAGE_SIZE,
		 "invalid sysfs_emit_at: buf:%p at:%d\n", buf, at))
		return 0;
	va_start(args, fmt);
	len = vscnprintf(buf + at, PAGE_SIZE - at, fmt, args);
	va_end(args);
	return len;
}

#define sysfs_emit(buf, ...) sysfs_emit_at(buf, 0, __VA_ARGS__)
