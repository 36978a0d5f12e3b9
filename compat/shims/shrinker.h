/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: shrinker
 * names: shrinker_alloc shrinker_register shrinker_free
 * header: linux/shrinker.h
 * place: late
 * upstream: v6.7 shrinkers are allocated
 * unless: shrinker_alloc shrinker_private
 * include: linux/shrinker.h linux/slab.h
 * needs: DEFAULT_SEEKS GFP_KERNEL kcompat_register_shrinker kfree_rcu
 *	kzalloc pr_err rcu_head shrink_control unregister_shrinker va_end va_list
 *	va_start vscnprintf
 * use: void: struct shrinker *s = shrinker_alloc(0, "x");
 *	shrinker_register(s); (void)s->private_data; shrinker_free(s);
 *
 * note: The newer structure in front of one of this kernel's.  It is freed
 * after a grace period, as the newer one is.
 */
struct kcompat_shrinker {
	unsigned long (*count_objects)(struct kcompat_shrinker *s,
				       struct shrink_control *sc);
	unsigned long (*scan_objects)(struct kcompat_shrinker *s,
				      struct shrink_control *sc);
	long batch;
	int seeks;
	unsigned int flags;
	void *private_data;
	struct shrinker real;
	struct rcu_head rcu;
	bool registered;
	char name[48];
};

static inline unsigned long kcompat_shrinker_count(struct shrinker *real,
						   struct shrink_control *sc)
{
	struct kcompat_shrinker *s;

	s = container_of(real, struct kcompat_shrinker, real);
	return s->count_objects(s, sc);
}

static inline unsigned long kcompat_shrinker_scan(struct shrinker *real,
						  struct shrink_control *sc)
{
	struct kcompat_shrinker *s;

	s = container_of(real, struct kcompat_shrinker, real);
	return s->scan_objects(s, sc);
}

static inline __printf(2, 3) struct kcompat_shrinker *
shrinker_alloc(unsigned int flags, const char *fmt, ...)
{
	struct kcompat_shrinker *s = kzalloc(sizeof(*s), GFP_KERNEL);
	va_list args;

	if (!s)
		return NULL;
	s->flags = flags;
	s->seeks = DEFAULT_SEEKS;
	va_start(args, fmt);
	vscnprintf(s->name, sizeof(s->name), fmt, args);
	va_end(args);
	return s;
}

static inline void shrinker_register(struct kcompat_shrinker *s)
{
	s->real.count_objects = kcompat_shrinker_count;
	s->real.scan_objects = kcompat_shrinker_scan;
	s->real.batch = s->batch;
	s->real.seeks = s->seeks;
	s->real.flags = s->flags;
	if (kcompat_register_shrinker(&s->real, s->name))
		pr_err("no memory for shrinker %s\n", s->name);
	else
		s->registered = true;
}

static inline void shrinker_free(struct kcompat_shrinker *s)
{
	if (!s)
		return;
	if (s->registered)
		unregister_shrinker(&s->real);
	kfree_rcu(s, rcu);
}

#define shrinker kcompat_shrinker
