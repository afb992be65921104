// SPDX-License-Identifier: GPL-2.0-only
/*
 * gst-memory-test - tests of the GStreamer plugin's memory, userspace/gst/frame-memory.h
 *
 * Needs root, and free huge pages.
 */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/macros.h"
#include "common/pagemap.h"
#include "gst/dma-buf.h"
#include "gst/frame-memory.h"

#define NOBODY		65534
#define SMALL_FRAME	300000
#define MANY		64

static __noreturn __printf(1, 2) void fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(1);
}

static long free_huge_pages(void)
{
	FILE *f = fopen("/proc/meminfo", "re");
	char line[128];
	long count = -1;

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "HugePages_Free: %ld", &count) == 1)
			break;
	if (f)
		fclose(f);
	return count;
}

static void expect_free(long expected)
{
	if (free_huge_pages() != expected)
		fail("%ld huge pages are free, not %ld", free_huge_pages(), expected);
}

/* The frame's pages must be contiguous in physical memory. */
static void expect_contiguous(const struct frame_memory *frame, size_t size)
{
	size_t small = sysconf(_SC_PAGESIZE);
	__u64 first = pagemap_pfn(frame->data);

	if (frame->size < size)
		fail("%zu bytes for a frame of %zu", frame->size, size);
	if (first == PFN_UNKNOWN)
		fail("/proc/self/pagemap shows no page frame numbers");
	for (size_t at = 0; at < frame->size; at += small)
		if (pagemap_pfn(frame->data + at) != first + at / small)
			fail("the frame is not contiguous at %zu of %zu bytes", at, frame->size);
}

static void need(struct frame_store *store, size_t size, struct frame_memory *frame)
{
	char why[WHY_SIZE];

	if (frame_alloc_contiguous(store, size, frame, why))
		fail("%s", why);
	expect_contiguous(frame, size);
}

static void small_frames_share_a_page(struct frame_store *store)
{
	size_t each = round_up_to(SMALL_FRAME, sysconf(_SC_PAGESIZE));
	size_t nr = store->usual.size / each;
	struct frame_memory frames[MANY], again;
	long before = free_huge_pages();

	for (size_t i = 0; i < nr; i++) {
		need(store, SMALL_FRAME, &frames[i]);
		memset(frames[i].data, i, frames[i].size);
	}
	expect_free(before - 1);
	need(store, SMALL_FRAME, &frames[nr]);
	expect_free(before - 2);
	for (size_t i = 0; i < nr; i++)
		for (size_t at = 0; at < frames[i].size; at++)
			if (frames[i].data[at] != i)
				fail("frames %zu and %u overlap", i, frames[i].data[at]);

	frame_free(&frames[nr]);
	expect_free(before - 1);

	frame_free(&frames[1]);
	need(store, SMALL_FRAME, &again);
	if (again.data != frames[1].data)
		fail("the memory of a freed frame is not used for the next one");
	frames[1] = again;
	for (size_t i = 0; i < nr; i++)
		frame_free(&frames[i]);
	expect_free(before);
}

/* Allocate all free pages and free them in another order: that of the next allocations. */
static void shuffle_pool(struct frame_store *store)
{
	struct frame_memory pages[MANY];
	size_t nr = 0;

	while (nr < MANY && !huge_page_alloc(&store->usual, store->usual.size, &pages[nr]))
		nr++;
	for (size_t i = 0; i < nr; i++)
		frame_free(&pages[i * 37 % MANY < nr && nr == MANY ? i * 37 % MANY : i]);
}

static void a_large_frame_is_a_run(struct frame_store *store)
{
	size_t size = 7 * store->usual.size + SMALL_FRAME;
	struct frame_memory frames[2];
	long before = free_huge_pages();

	shuffle_pool(store);
	for (size_t i = 0; i < ARRAY_SIZE(frames); i++)
		need(store, size, &frames[i]);
	expect_free(before - 16);
	for (size_t i = 0; i < ARRAY_SIZE(frames); i++)
		frame_free(&frames[i]);
	expect_free(before);
}

/* The dma-buf of a frame must have its bytes, in the same order. */
static void expect_dma_buf(const struct frame_memory *frame)
{
	size_t small = sysconf(_SC_PAGESIZE);
	int fd = dma_buf_of_frame(frame);
	unsigned char *view;

	for (size_t at = 0; at < frame->size; at += small)
		*(size_t *)(frame->data + at) = at;
	if (fd < 0)
		fail("no dma-buf of a frame of %zu bytes", frame->size);
	view = mmap(NULL, frame->size, PROT_READ, MAP_SHARED, fd, 0);
	if (view == MAP_FAILED)
		fail("the dma-buf cannot be mapped");
	for (size_t at = 0; at < frame->size; at += small)
		if (*(size_t *)(view + at) != at)
			fail("at offset %zu, the dma-buf has the bytes of offset %zu", at,
			     *(size_t *)(view + at));
	munmap(view, frame->size);
	close(fd);
}

static void a_frame_is_a_dma_buf(struct frame_store *store)
{
	struct frame_memory before, part, run, scattered;

	shuffle_pool(store);
	need(store, SMALL_FRAME, &before);
	need(store, SMALL_FRAME, &part);
	need(store, 3 * store->usual.size, &run);
	if (frame_alloc_scattered(SMALL_FRAME, &scattered))
		fail("no scattered memory");
	expect_dma_buf(&part);
	expect_dma_buf(&run);
	expect_dma_buf(&scattered);
	frame_free(&before);
	frame_free(&part);
	frame_free(&run);
	frame_free(&scattered);
}

static void expect_lack(struct frame_store *store, size_t size, const char *words)
{
	struct frame_memory frame;
	long before = free_huge_pages();
	char why[WHY_SIZE] = "";

	if (!frame_alloc_contiguous(store, size, &frame, why))
		fail("there is memory for %zu bytes", size);
	if (!strstr(why, words))
		fail("the reason '%s' lacks '%s'", why, words);
	expect_free(before);
}

static void a_user_gets_whole_huge_pages(struct frame_store *store)
{
	struct frame_memory frame;
	char why[WHY_SIZE];

	if (setuid(NOBODY))
		fail("setuid() fails");
	if (frame_alloc_contiguous(store, store->usual.size, &frame, why))
		fail("%s", why);
	frame_free(&frame);
	expect_lack(store, store->usual.size + 1, "CAP_SYS_ADMIN");
}

static bool has_odd_number(const struct huge_pages *pages, const struct frame_memory *page)
{
	__u64 pfn = pagemap_pfn(page->data);

	if (pfn == PFN_UNKNOWN)
		fail("/proc/self/pagemap shows no page frame numbers");
	return pfn / (pages->size / sysconf(_SC_PAGESIZE)) % 2;
}

static void missing_memory_is_reported(struct frame_store *store)
{
	struct frame_memory pages[MANY];
	bool kept[MANY];
	size_t nr = 0;

	while (free_huge_pages() > 2 &&
	       !huge_page_alloc(&store->usual, store->usual.size, &pages[nr]))
		nr++;
	expect_lack(store, 2 * store->usual.size + 1, "only 2 are free");
	while (free_huge_pages() > 0 &&
	       !huge_page_alloc(&store->usual, store->usual.size, &pages[nr]))
		nr++;
	expect_lack(store, SMALL_FRAME, "nr_hugepages");

	/* Free every other page of physical memory, so that no two free ones are neighbours. */
	for (size_t i = 0; i < nr; i++) {
		kept[i] = !has_odd_number(&store->usual, &pages[i]);
		if (!kept[i])
			frame_free(&pages[i]);
	}
	expect_lack(store, 2 * store->usual.size, "no 2 lie side by side");
	for (size_t i = 0; i < nr; i++)
		if (kept[i])
			frame_free(&pages[i]);
}

static const struct {
	const char *name;
	void (*run)(struct frame_store *store);
} tests[] = {
	{ "small-frames-share-a-page", small_frames_share_a_page },
	{ "a-large-frame-is-a-run", a_large_frame_is_a_run },
	{ "a-frame-is-a-dma-buf", a_frame_is_a_dma_buf },
	{ "missing-memory-is-reported", missing_memory_is_reported },
	{ "a-user-gets-whole-huge-pages", a_user_gets_whole_huge_pages },
};

static int run(const char *name)
{
	struct frame_store store;

	frame_store_init(&store);
	for (size_t i = 0; i < ARRAY_SIZE(tests); i++) {
		if (!strcmp(name, tests[i].name)) {
			tests[i].run(&store);
			return 0;
		}
	}
	return -1;
}

int main(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc && !run(argv[i]); i++)
		;
	if (argc > 1 && i == argc)
		return 0;
	fputs("Usage: gst-memory-test TEST...\nRuns these tests, one after another:\n", stderr);
	for (size_t j = 0; j < ARRAY_SIZE(tests); j++)
		fprintf(stderr, "  %s\n", tests[j].name);
	fputs("a-user-gets-whole-huge-pages must be the last one, since it gives up root.\n",
	      stderr);
	return 2;
}
