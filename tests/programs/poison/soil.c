// SPDX-License-Identifier: GPL-2.0-only
/*
 * soil.c - leave known bytes in free memory of the kernel, so that memory which is not
 * initialised can be recognised
 */
#include <linux/videodev2.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "poison.h"

/* The page allocator prefers pages that were freed last, so this need not be all memory. */
#define SOIL_SIZE	(64UL << 20)
#define SMALL_PAGES	(16UL << 20)

/**
 * soil_pages() - fill pages with POISON_SOIL and free them
 *
 * The kernel clears freed memory, or memory that it allocates, if it is booted with init_on_free=1
 * or init_on_alloc=1. Then no page can show what it contained.
 */
void soil_pages(void)
{
	char *memory = mmap(NULL, SOIL_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			    -1, 0);

	if (memory == MAP_FAILED)
		return;
	/* Small pages are freed last, and return to the CPU's own list of them. */
	madvise(memory + SOIL_SIZE - SMALL_PAGES, SMALL_PAGES, MADV_NOHUGEPAGE);
	memset(memory, POISON_SOIL, SOIL_SIZE);
	munmap(memory, SOIL_SIZE);
}

/**
 * soil_objects() - leave a byte on the kernel's stack and in small objects of its allocator
 * @n:		the node
 * @byte:	the byte
 *
 * V4L2 copies the argument of each ioctl before it looks at the number: up to 128 bytes to the
 * stack, more to an object of that size (video_usercopy()). Arrays of controls are copied to
 * objects of any size.
 */
void soil_objects(const struct node *n, unsigned char byte)
{
	static unsigned char argument[4096];
	struct v4l2_ext_control array[6];
	size_t size;
	__u32 count;

	memset(argument, byte, sizeof(argument));
	memset(array, byte, sizeof(array));
	for (count = 1; count <= ARRAY_SIZE(array); count++) {
		struct v4l2_ext_controls controls = { .count = count, .controls = array };

		ioctl(n->fd, VIDIOC_TRY_EXT_CTRLS, &controls);
	}
	for (size = 192; size <= sizeof(argument); size += size < 1024 ? 64 : 512)
		ioctl(n->fd, _IOC(_IOC_WRITE, 'V', 255, size), argument);
	ioctl(n->fd, _IOC(_IOC_WRITE, 'V', 255, 128), argument);
}
