// SPDX-License-Identifier: GPL-2.0-only
/*
 * protect.c - scenarios: the program or the kernel changes the permissions of a pinned page
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/userfaultfd.h>

#include "common/kernel.h"
#include "event.h"

#ifndef SYS_mseal
#define SYS_mseal	462
#endif

#ifndef UFFDIO_MOVE
#define UFFD_FEATURE_MOVE	0x10000
#define UFFDIO_MOVE		_IOWR(UFFDIO, 0x05, struct uffdio_move)

struct uffdio_move {
	__u64 dst;
	__u64 src;
	__u64 len;
	__u64 mode;
	__s64 move;
};
#endif

static void protect(struct subject *s, int prot)
{
	must(mprotect(s->frame, s->size, prot));
}

static void protect_reading(struct subject *s)
{
	protect(s, PROT_READ);
}

static void protect_all(struct subject *s)
{
	protect(s, PROT_NONE);
}

static void protect_and_allow(struct subject *s)
{
	protect(s, PROT_NONE);
	protect(s, READ_WRITE);
}

static void protect_and_write(struct subject *s)
{
	protect(s, PROT_READ);
	protect(s, READ_WRITE);
	event_touch(s);
}

static void allow_executing(struct subject *s)
{
	protect(s, READ_WRITE | PROT_EXEC);
}

static void protect_neighbours(struct subject *s)
{
	must(mprotect(s->map, PAGE, PROT_READ));
	must(mprotect(s->frame + s->size, PAGE, PROT_READ));
}

/*
 * Before 5.14 (9782a712eb97), the kernel keeps the rights of a key by XSAVE only. An emulated CPU
 * may have none, and then a task may lose its rights whenever it runs again.
 */
static bool keeps_rights(void)
{
	bool xsave = false;
	char line[4096];
	FILE *file;

	if (kernel_at_hand()->version >= KERNEL(5, 14, 0))
		return true;
	file = fopen("/proc/cpuinfo", "re");
	while (file && !xsave && fgets(line, sizeof(line), file))
		xsave = strstr(line, " xsave ");
	if (file)
		fclose(file);
	return xsave;
}

static void protect_by_key(struct subject *s)
{
	int key = pkey_alloc(0, PKEY_DISABLE_ACCESS);

	if (key < 0)
		life_skip("this CPU or kernel has no protection keys: %s", strerror(errno));
	if (!keeps_rights())
		life_skip("this kernel needs XSAVE to keep a key's rights (< 5.14)");
	must(pkey_mprotect(s->frame, s->size, READ_WRITE, key));
}

static void seal(struct subject *s)
{
	if (syscall(SYS_mseal, s->map, s->map_size, 0))
		life_skip("mseal: %s", strerror(errno));
	life_expect(munmap(s->frame, s->size) && errno == EPERM, "a sealed mapping is unmapped");
	life_expect(mprotect(s->frame, s->size, PROT_READ) && errno == EPERM,
		    "a sealed mapping is protected");
}

static void lock(struct subject *s)
{
	must(mlock(s->frame, s->size));
}

static void lock_and_unlock(struct subject *s)
{
	must(mlock(s->frame, s->size));
	must(munlock(s->frame, s->size));
}

/* The kernel write-protects all pages of the process to see which are written. */
static void clear_soft_dirty(struct subject *s)
{
	int fd = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);

	life_expect(fd >= 0, "clear_refs: %s", strerror(errno));
	if (write(fd, "4", 1) != 1)
		life_skip("this kernel has no soft-dirty bits: %s", strerror(errno));
	close(fd);
	event_touch(s);
}

static int open_userfaultfd(__u64 features)
{
	struct uffdio_api api = { .api = UFFD_API, .features = features };
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);

	if (fd < 0 || ioctl(fd, UFFDIO_API, &api))
		life_skip("userfaultfd: %s", strerror(errno));
	return fd;
}

static void watch(int fd, unsigned char *at, size_t size, __u64 mode)
{
	struct uffdio_register range = {
		.range = { .start = (unsigned long)at, .len = size }, .mode = mode,
	};

	must(ioctl(fd, UFFDIO_REGISTER, &range));
}

static void write_protect(int fd, const struct subject *s, __u64 mode)
{
	struct uffdio_writeprotect range = {
		.range = { .start = (unsigned long)s->frame, .len = s->size }, .mode = mode,
	};

	must(ioctl(fd, UFFDIO_WRITEPROTECT, &range));
}

static void protect_by_userfaultfd(struct subject *s)
{
	int fd = open_userfaultfd(UFFD_FEATURE_PAGEFAULT_FLAG_WP);

	watch(fd, s->frame, s->size, UFFDIO_REGISTER_MODE_WP);
	write_protect(fd, s, UFFDIO_WRITEPROTECT_MODE_WP);
	write_protect(fd, s, 0);
	event_touch(s);
	close(fd);
}

static void move_by_userfaultfd(struct subject *s)
{
	unsigned char *place = event_memory(s->size);
	struct uffdio_move move = {
		.dst = (unsigned long)place, .src = (unsigned long)s->frame, .len = s->size,
	};
	int fd = open_userfaultfd(UFFD_FEATURE_MOVE);

	watch(fd, place, s->size, UFFDIO_REGISTER_MODE_MISSING);
	life_expect(ioctl(fd, UFFDIO_MOVE, &move) && errno == EBUSY,
		    "a pinned page is moved: %s", strerror(errno));
	close(fd);
}

const struct scenario protect_scenarios[] = {
	{
		.name = "mprotect-read",
		.sentence = "mprotect(PROT_READ)",
		.happens = protect_reading,
		.leads_to = SAME_PAGES,
		.capture = "not-writable",
		.source = "mm/gup.c, check_vma_flags()",
	}, {
		.name = "mprotect-none",
		.sentence = "mprotect(PROT_NONE)",
		.happens = protect_all,
		.leads_to = SAME_PAGES,
		.capture = "not-writable", .output = "not-readable",
		.source = "mm/gup.c, check_vma_flags()",
	}, {
		.name = "mprotect-and-back",
		.sentence = "mprotect(PROT_NONE) and back",
		.happens = protect_and_allow,
		.leads_to = SAME_PAGES,
		.quirk = COPIED_WHEN_WRITTEN,
		.source = "mm/mprotect.c, change_pte_range(): the entry keeps its page",
	}, {
		.name = "mprotect-then-write",
		.sentence = "mprotect(PROT_READ) and back, and then the program writes",
		.happens = protect_and_write,
		.leads_to = SAME_PAGES,
		.quirk = COPIED_THOUGH_PINNED,
		.source = "mm/memory.c, do_wp_page(): an exclusive page is not copied",
	}, {
		.name = "mprotect-exec",
		.sentence = "mprotect() allows to execute the memory, too",
		.happens = allow_executing,
		.leads_to = SAME_PAGES,
		.quirk = COPIED_WHEN_WRITTEN,
		.source = "mm/mprotect.c, change_pte_range()",
	}, {
		.name = "mprotect-neighbours",
		.sentence = "mprotect(PROT_READ) of the pages next to the frame",
		.happens = protect_neighbours,
		.leads_to = SAME_PAGES,
		.source = "mm/mprotect.c, mprotect_fixup(): the mapping is split",
	}, {
		.name = "pkey",
		.sentence = "a protection key denies access",
		.happens = protect_by_key,
		.leads_to = SAME_PAGES,
		.capture = "pkey", .output = "pkey",
		.source = "mm/gup.c, check_vma_flags(): arch_vma_access_permitted()",
	}, {
		.name = "mseal",
		.sentence = "mseal() of the mapping",
		.happens = seal,
		.leads_to = SAME_PAGES,
		.source = "mm/mseal.c: it seals the mapping, not the pages",
	}, {
		.name = "mlock",
		.sentence = "mlock()",
		.happens = lock,
		.leads_to = SAME_PAGES,
		.source = "mm/mlock.c, mlock_pte_range(): no page is moved",
	}, {
		.name = "munlock",
		.sentence = "mlock() and munlock()",
		.happens = lock_and_unlock,
		.leads_to = SAME_PAGES,
		.source = "mm/mlock.c, mlock_pte_range()",
	}, {
		.name = "soft-dirty",
		.sentence = "clear_refs write-protects the page, and then the program writes",
		.happens = clear_soft_dirty,
		.leads_to = SAME_PAGES,
		.source = "fs/proc/task_mmu.c, clear_soft_dirty(); mm/memory.c, do_wp_page()",
	}, {
		.name = "userfaultfd-protect",
		.sentence = "userfaultfd write-protects the page and allows writing again",
		.happens = protect_by_userfaultfd,
		.leads_to = SAME_PAGES,
		.quirk = COPIED_THOUGH_PINNED,
		.source = "mm/userfaultfd.c, mwriteprotect_range(); mm/memory.c, do_wp_page()",
	}, {
		.name = "userfaultfd-move",
		.sentence = "UFFDIO_MOVE of the page, which fails",
		.happens = move_by_userfaultfd,
		.leads_to = SAME_PAGES,
		.source = "mm/userfaultfd.c, move_present_ptes(): folio_maybe_dma_pinned()",
	},
	{ }
};
