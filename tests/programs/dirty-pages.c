// SPDX-License-Identifier: GPL-2.0-only
/*
 * dirty-pages - are the pages of a capture buffer marked dirty when it is released?
 *
 * A device writes past the CPU's page tables. If the driver did not mark the pages dirty,
 * the kernel could drop what the device has written.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include <linux/kernel-page-flags.h>
#include <linux/videodev2.h>

#include "common/number.h"
#include "common/page.h"
#include "common/pagemap.h"
#include "common/standard-output.h"
#include "common/video-node.h"
#include "scenario-options.h"

static const char usage[] =
"Usage: dirty-pages NODE PAGES\n"
"Hands over memory to a capture node and releases it: PAGES small pages, then a\n"
"transparent huge page. Prints how many pages are marked dirty before and after, which\n"
"must be none and all: a line for each, as pin-life does.\n"
"The kernel marks a transparent huge page as a whole, so its first page is counted. If\n"
"the kernel gives no such page, that line is skipped.\n"
"Exit status: 0 all is right, 1 something is wrong, 2 could not run.\n";

static enum outcome fail(const char *what)
{
	fprintf(stderr, "dirty-pages: %s: %s\n", what, strerror(errno));
	return CANNOT_RUN;
}

static bool has_flag(const unsigned char *page, unsigned int flag)
{
	return pagemap_flags(pagemap_pfn(page)) >> flag & 1;
}

static unsigned int count_dirty(const unsigned char *memory, size_t pages)
{
	unsigned int n = 0;

	for (size_t i = 0; i < pages; i++)
		n += has_flag(memory + i * PAGE, KPF_DIRTY);
	return n;
}

static int queue_and_release(int fd, enum v4l2_buf_type type, void *memory, size_t size)
{
	struct v4l2_buffer buf = {
		.type = type, .memory = V4L2_MEMORY_USERPTR, .length = size,
		.m.userptr = (uintptr_t)memory,
	};
	int got = video_node_request(fd, type, buf.memory, 1);

	if (got > 0)
		got = ioctl(fd, VIDIOC_QBUF, &buf) ? -errno : 0;
	if (!got)
		got = video_node_request(fd, type, buf.memory, 0);
	errno = got < 0 ? -got : 0;
	return got;
}

/* Count the first @counted pages of memory that has just been allocated. */
static enum outcome test(int fd, enum v4l2_buf_type type, const char *name, unsigned char *memory,
			 size_t size, unsigned int counted)
{
	unsigned int before = count_dirty(memory, counted), after;
	char why[SCENARIO_WHY];
	enum outcome outcome;

	if (queue_and_release(fd, type, memory, size) < 0)
		return fail(name);
	after = count_dirty(memory, counted);
	outcome = scenario_ended(why, before || after != counted ? WRONG : RIGHT,
				 "%u of %u pages dirty before, %u after", before, counted, after);
	scenario_print(outcome, name, why);
	return outcome;
}

/* A kernel without transparent huge pages does not know this advice, and needs none. */
static int advise(void *memory, int advice)
{
	return madvise(memory, THP, advice) && errno != EINVAL ? -1 : 0;
}

int main(int argc, char **argv)
{
	struct v4l2_format format = {
		.fmt.pix = { .width = 64, .height = 32, .pixelformat = V4L2_PIX_FMT_GREY },
	};
	unsigned char *memory, *huge;
	enum v4l2_buf_type type;
	unsigned long pages;
	enum outcome small, whole = SKIPPED;
	int fd;

	standard_output_check();
	if (argc != 3 || !number_parse(argv[2], 1, THP / PAGE, &pages)) {
		fputs(usage, stderr);
		return CANNOT_RUN;
	}
	fd = video_node_open(argv[1], &type);
	format.type = type;
	if (fd < 0 || ioctl(fd, VIDIOC_S_FMT, &format))
		return fail(argv[1]);
	memory = mmap(NULL, 4 * THP, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		return fail("mmap");

	/* The two parts are in different huge pages. */
	memory = (void *)(((uintptr_t)memory + THP - 1) & ~(THP - 1));
	huge = memory + THP;
	if (advise(memory, MADV_NOHUGEPAGE) || advise(huge, MADV_HUGEPAGE))
		return fail("madvise");
	memset(memory, 1, pages * PAGE);
	memset(huge, 1, THP);

	small = test(fd, type, "small-pages", memory, pages * PAGE, pages);
	if (has_flag(huge, KPF_THP))
		whole = test(fd, type, "huge-page", huge, THP, 1);
	else
		scenario_print(SKIPPED, "huge-page", "the kernel gives no transparent huge page");
	return scenario_worse(small, whole);
}
