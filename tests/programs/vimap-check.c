// SPDX-License-Identifier: GPL-2.0-only
/*
 * vimap-check - does a mapping of vimap always show its own memory and nothing else?
 *
 * Moves, cuts, grows and forks mappings of vimap, each in an open file of its own. After
 * each operation it touches all pages. A page must contain what was written through the
 * first mapping, or touching it must raise SIGBUS or SIGSEGV.
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/text-file.h"
#include "memory/provider.h"

#define NR_PAGES	16UL

#define DRIVER		"/sys/bus/pci/drivers/vimap"

/* Each round holds 8 MiB. All rounds together exceed the largest CMA area here, 512 MiB. */
#define HELD_ROUNDS	70

/* A page returns to the CMA area a moment after its last reference is dropped. */
#define MAX_WAITS	20
#define WAIT_US		100000

enum {
	EXIT_RIGHT = 0,
	EXIT_WRONG = 1,
	EXIT_CANNOT_RUN = 2,
};

static const char usage[] =
	"Usage: vimap-check --list\n"
	"       vimap-check KIND\n"
	"       vimap-check --held\n"
	"       vimap-check --take\n"
	"       vimap-check --unbind\n"
	"  --list  print the number and name of each kind of /dev/vimap, and the error of mmap()\n"
	"          if this kernel or machine has no such memory. Any other error is wrong\n"
	"  KIND    map the kind with this number, and move, cut, grow, fork and empty the mapping\n"
	"  --held  make a pipe hold a CMA page after the last close(), many times\n"
	"  --take  allocate the CMA area while a driver has a part of it, and while a page of a\n"
	"          process cannot be migrated out of it\n"
	"  --unbind  unbind the PCI function while its BAR is mapped, and bind it again\n"
	"Exit status: 0 all is right, 1 something is wrong, 2 could not run.\n";

static const char * const names[] = {
	[VIMAP_PFN_RAM] = "pfn-ram",
	[VIMAP_PAGE_IO] = "page-io",
	[VIMAP_PAGE] = "page",
	[VIMAP_CMA] = "cma",
	[VIMAP_BAR] = "bar",
	[VIMAP_FAULT_PFN] = "fault-pfn",
	[VIMAP_FAULT_MIXED] = "fault-mixed",
	[VIMAP_FAULT_PAGE] = "fault-page",
	[VIMAP_FOLIO_IO] = "folio-io",
	[VIMAP_FOLIO] = "folio",
	[VIMAP_PFN_PMD] = "pfn-pmd",
	[VIMAP_VMALLOC] = "vmalloc",
	[VIMAP_CMA_PAGE_IO] = "cma-page-io",
	[VIMAP_CMA_PAGE] = "cma-page",
	[VIMAP_SHMEM_IO] = "shmem-io",
	[VIMAP_SHMEM_CMA] = "shmem-cma",
	[VIMAP_FAULT_CMA] = "fault-cma",
};

static unsigned int kind;
static size_t nr_pages;
static const char *operation;
static bool broken;
static sigjmp_buf fault;

static void die(const char *what)
{
	fprintf(stderr, "vimap-check: %s: %s\n", what, strerror(errno));
	exit(EXIT_CANNOT_RUN);
}

static void __printf(1, 2) complain(const char *format, ...)
{
	va_list args;

	printf("%s, %s: ", names[kind], operation);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	broken = true;
}

static void on_fault(int signal)
{
	siglongjmp(fault, signal);
}

static unsigned int stamp(size_t page)
{
	return kind << 16 | (page + 1);
}

/* Read the first word of a page. Return 0, or the signal that touching it raises. */
static int read_page(const unsigned char *at, unsigned int *word)
{
	int raised = sigsetjmp(fault, 1);

	if (!raised)
		*word = __atomic_load_n((const unsigned int *)at, __ATOMIC_RELAXED);
	return raised;
}

/*
 * Touch @nr pages at @at, which must be the pages @first and following of the kind. With
 * @must_be_there, a signal is wrong too.
 */
static void touch(const unsigned char *at, size_t first, size_t nr, bool must_be_there)
{
	for (size_t i = 0; i < nr; i++) {
		unsigned int word = 0;
		int raised = read_page(at + i * PAGE, &word);

		if (raised && must_be_there)
			complain("page %zu raises %s", first + i, strsignal(raised));
		else if (!raised && word != stamp(first + i))
			complain("page %zu reads 0x%x and not 0x%x", first + i, word,
				 stamp(first + i));
	}
}

/* Touch @nr pages at @at, where nothing must be mapped. */
static void touch_nothing(const unsigned char *at, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		unsigned int word;

		if (read_page(at + i * PAGE, &word) != SIGSEGV)
			complain("a page that was unmapped can be read");
	}
}

/* Find room for a mapping, at an address that is not a multiple of VIMAP_SIZE. */
static unsigned char *make_room(void)
{
	unsigned char *room = mmap(NULL, 2 * VIMAP_SIZE, PROT_NONE,
				   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (room == MAP_FAILED)
		die("mmap");
	munmap(room, 2 * VIMAP_SIZE);
	return (unsigned char *)(((uintptr_t)room + VIMAP_SIZE - 1) & -VIMAP_SIZE) + PAGE;
}

static unsigned char *map_file(int *fd)
{
	/* The kernel aligns a mapping for a PMD entry in 64-bit processes only. */
	void *at = IS_32_BIT ? make_room() - PAGE : NULL;
	unsigned char *base;

	*fd = open("/dev/vimap", O_RDWR | O_CLOEXEC);
	if (*fd < 0)
		die("/dev/vimap");
	base = mmap(at, nr_pages * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, *fd,
		    VIMAP_OFFSET(kind));
	if (base == MAP_FAILED)
		close(*fd);
	return base;
}

/* Try to grow by one page, up to other kinds' offsets, and beyond all kinds. */
static void grow(unsigned char *base)
{
	const size_t more[] = {
		PAGE, VIMAP_OFFSET(1), VIMAP_OFFSET(VIMAP_NR_KINDS),
	};

	for (size_t i = 0; i < ARRAY_SIZE(more); i++) {
		if (mremap(base, nr_pages * PAGE, nr_pages * PAGE + more[i],
			   MREMAP_MAYMOVE) != MAP_FAILED) {
			complain("mremap() makes it 0x%zx bytes larger", more[i]);
			return;
		}
	}
	if (mremap(base, 0, nr_pages * PAGE + PAGE, MREMAP_MAYMOVE) != MAP_FAILED)
		complain("mremap() makes a larger copy");
	if (mremap(base + (nr_pages - 1) * PAGE, PAGE, 2 * PAGE, MREMAP_MAYMOVE) != MAP_FAILED)
		complain("mremap() grows the last page to two");
	touch(base, 0, nr_pages, true);
}

static void move_whole(unsigned char *base)
{
	unsigned char *to = make_room();

	if (mremap(base, nr_pages * PAGE, nr_pages * PAGE,
		   MREMAP_MAYMOVE | MREMAP_FIXED, to) != to) {
		complain("mremap() does not move it: %s", strerror(errno));
		return;
	}
	touch(to, 0, nr_pages, false);
	touch_nothing(base, nr_pages);
}

static void move_part(unsigned char *base)
{
	unsigned char *to = make_room();

	if (mremap(base + 4 * PAGE, 3 * PAGE, 3 * PAGE,
		   MREMAP_MAYMOVE | MREMAP_FIXED, to) != to) {
		complain("mremap() does not move a part: %s", strerror(errno));
		return;
	}
	touch(to, 4, 3, false);
	touch(base, 0, 4, false);
	touch_nothing(base + 4 * PAGE, 3);
	touch(base + 7 * PAGE, 7, nr_pages - 7, false);
	/* Move it back beside its neighbours, with which it must not be merged. */
	if (mremap(to, 3 * PAGE, 3 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
		   base + 4 * PAGE) == MAP_FAILED)
		complain("mremap() does not move a part back: %s", strerror(errno));
	else
		touch(base, 0, nr_pages, false);
}

static void leave_empty(unsigned char *base)
{
#ifdef MREMAP_DONTUNMAP
	unsigned char *to = mremap(base, nr_pages * PAGE, nr_pages * PAGE,
				   MREMAP_MAYMOVE | MREMAP_DONTUNMAP);

	if (to != MAP_FAILED)
		touch(to, 0, nr_pages, false);
#endif
	touch(base, 0, nr_pages, false);
}

static void shrink(unsigned char *base)
{
	size_t left = nr_pages / 2 - 1;

	if (mremap(base, nr_pages * PAGE, left * PAGE, 0) != base) {
		complain("mremap() does not make it smaller: %s", strerror(errno));
		return;
	}
	touch(base, 0, left, false);
	touch_nothing(base + left * PAGE, nr_pages - left);
}

static void cut(unsigned char *base)
{
	munmap(base + 5 * PAGE, PAGE);
	touch(base, 0, 5, false);
	touch_nothing(base + 5 * PAGE, 1);
	touch(base + 6 * PAGE, 6, nr_pages - 6, false);
	munmap(base, PAGE);
	munmap(base + (nr_pages - 1) * PAGE, PAGE);
	touch(base + PAGE, 1, 4, false);
	touch(base + 6 * PAGE, 6, nr_pages - 7, false);
}

static void empty(unsigned char *base)
{
	/* This fails for a PFN mapping. Then the pages must still be there. */
	bool refused = madvise(base + 2 * PAGE, 3 * PAGE, MADV_DONTNEED);

	touch(base, 0, nr_pages, refused);
	refused = madvise(base, nr_pages * PAGE, MADV_DONTNEED);
	touch(base, 0, nr_pages, refused);
}

static void in_child(unsigned char *base)
{
	int status;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child < 0)
		die("fork");
	if (!child) {
		broken = false;
		touch(base, 0, nr_pages, false);
		move_part(base);
		cut(base);
		fflush(stdout);
		_exit(broken);
	}
	touch(base, 0, nr_pages, true);
	if (waitpid(child, &status, 0) != child || status)
		complain("the child ends with 0x%x", status);
	touch(base, 0, nr_pages, true);
}

/* The file is closed. Only the mapping is left. */
static void outlive_file(unsigned char *base)
{
	touch(base, 0, nr_pages, true);
}

static const struct {
	const char *name;
	void (*run)(unsigned char *base);
	bool closed;
} operations[] = {
	{ .name = "made larger", .run = grow },
	{ .name = "moved", .run = move_whole },
	{ .name = "moved in part", .run = move_part },
	{ .name = "moved, and left empty", .run = leave_empty },
	{ .name = "made smaller", .run = shrink },
	{ .name = "unmapped in part", .run = cut },
	{ .name = "emptied", .run = empty },
	{ .name = "forked", .run = in_child },
	{ .name = "closed", .run = outlive_file, .closed = true },
	{ .name = "closed and forked", .run = in_child, .closed = true },
};

static void check_kind(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(operations); i++) {
		unsigned char *base;
		int fd;

		operation = operations[i].name;
		base = map_file(&fd);
		if (base == MAP_FAILED)
			die("mmap");
		for (size_t page = 0; page < nr_pages; page++)
			__atomic_store_n((unsigned int *)(base + page * PAGE), stamp(page),
					 __ATOMIC_RELAXED);
		if (operations[i].closed)
			close(fd);
		operations[i].run(base);
		munmap(base, nr_pages * PAGE);
		if (!operations[i].closed)
			close(fd);
	}
}

/* All processes share one BAR: fill it with the usual pattern again. */
static void clean_bar(void)
{
	int fd;
	unsigned char *base = map_file(&fd);

	if (base != MAP_FAILED)
		memset(base, VIMAP_PATTERN, nr_pages * PAGE);
}

/* Does mmap() fail with this error if the kernel or the machine has no such memory? */
static bool is_lack(int error)
{
	return error == ENODEV || error == EOPNOTSUPP || (error == EPERM && kind == VIMAP_BAR);
}

static void list(void)
{
	for (kind = 0; kind < VIMAP_NR_KINDS; kind++) {
		const char *why = "";
		unsigned char *base;
		int fd;

		nr_pages = VIMAP_SIZE / PAGE;
		base = map_file(&fd);
		if (base != MAP_FAILED) {
			munmap(base, VIMAP_SIZE);
			close(fd);
		} else if (is_lack(errno)) {
			why = strerror(errno);
		} else {
			fprintf(stderr, "vimap-check: %s: %s\n", names[kind], strerror(errno));
			broken = true;
		}
		printf("%u %s %s\n", kind, names[kind], why);
	}
}

static const struct memory_kind cma_page = {
	.name = "a page of VIMAP_CMA_PAGE",
};

/* Hold a CMA page after the last close(), more often than the area has pages. */
static void check_held(void)
{
	kind = VIMAP_CMA_PAGE;
	nr_pages = 2;
	operation = "held by a pipe";
	for (int round = 0; round < HELD_ROUNDS && !broken; round++) {
		struct memory m = { .kind = &cma_page, .length = PAGE, .holder = -1 };
		int fd, waits = 0;

		/* In a small area, wait for the page of the round before. */
		while ((m.frame = map_file(&fd)) == MAP_FAILED && errno == ENOMEM &&
		       waits++ < MAX_WAITS)
			usleep(WAIT_US);
		if (m.frame == MAP_FAILED) {
			complain("round %d: mmap(): %s", round, strerror(errno));
			return;
		}
		if (memory_hold(&m)) {
			fprintf(stderr, "vimap-check: %s\n", m.why);
			exit(EXIT_CANNOT_RUN);
		}
		munmap(m.frame, nr_pages * PAGE);
		close(fd);
		close(m.holder);
	}
}

static int take(int fd)
{
	struct vimap_cma area;

	return ioctl(fd, VIMAP_IOC_CMA_TAKE, &area);
}

static void check_take(void)
{
	unsigned char *base;
	struct memory m;
	int fd, waits = 0;

	kind = VIMAP_CMA_PAGE;
	nr_pages = 2;
	operation = "taken";
	base = map_file(&fd);
	if (base == MAP_FAILED)
		die("mmap of CMA pages");
	if (take(fd))
		complain("it fails while a driver has a part of the area: %s", strerror(errno));
	munmap(base, nr_pages * PAGE);

	if (memory_map(&m, memory_find("cma-held"), "", PAGE)) {
		fprintf(stderr, "vimap-check: %s\n", m.why);
		exit(EXIT_CANNOT_RUN);
	}
	if (!take(fd) || errno != ENOMEM)
		complain("it succeeds while a page of the area is held");
	close(m.holder);
	while (take(fd) && waits++ < MAX_WAITS)
		usleep(WAIT_US);
	if (waits > MAX_WAITS)
		complain("it fails after that page was released: %s", strerror(errno));
}

/* Write the name of vimap's PCI function to a file of its driver. */
static void tell_driver(const char *file, const char *function)
{
	char path[80];

	snprintf(path, sizeof(path), DRIVER "/%s", file);
	if (text_file_write(path, function))
		die(path);
}

/* Touch @nr pages at @at, each of which must raise SIGBUS. */
static void touch_revoked(const unsigned char *at, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		unsigned int word = 0;
		int raised = read_page(at + i * PAGE, &word);

		if (raised != SIGBUS)
			complain("page %zu %s%s, it reads 0x%x", i, raised ? "raises " : "is there",
				 raised ? strsignal(raised) : "", word);
	}
}

static void map_unbound(void)
{
	int fd;
	unsigned char *base = map_file(&fd);

	if (base != MAP_FAILED)
		complain("the BAR can be mapped");
	else if (errno != ENODEV)
		complain("mmap(): %s, not %s", strerror(errno), strerror(ENODEV));
}

/* Fork a child that touches the pages once the pipe is closed. */
static pid_t start_toucher(const unsigned char *base, int closed[2])
{
	pid_t child;
	char byte;

	if (pipe2(closed, O_CLOEXEC))
		die("pipe");
	fflush(stdout);
	child = fork();
	if (child < 0)
		die("fork");
	if (child)
		return child;
	close(closed[1]);
	if (read(closed[0], &byte, 1))
		die("pipe");
	broken = false;
	touch_revoked(base, nr_pages);
	fflush(stdout);
	_exit(broken);
}

static void check_unbind(void)
{
	unsigned char *base, *of_closed, *again;
	int fd, other, pipe[2], status;
	const char *function;
	pid_t child;
	glob_t found;

	if (glob(DRIVER "/0000:*", 0, NULL, &found)) {
		fputs("vimap-check: no PCI function is bound to vimap\n", stderr);
		exit(EXIT_CANNOT_RUN);
	}
	function = strrchr(found.gl_pathv[0], '/') + 1;
	kind = VIMAP_BAR;
	nr_pages = NR_PAGES;
	operation = "unbound";
	base = map_file(&fd);
	of_closed = map_file(&other);
	if (base == MAP_FAILED || of_closed == MAP_FAILED)
		die("mmap");
	close(other);
	for (size_t page = 0; page < nr_pages; page++)
		__atomic_store_n((unsigned int *)(base + page * PAGE), stamp(page),
				 __ATOMIC_RELAXED);
	touch(of_closed, 0, nr_pages, true);
	child = start_toucher(base, pipe);

	tell_driver("unbind", function);
	touch_revoked(base, nr_pages);
	touch_revoked(of_closed, nr_pages);
	close(pipe[1]);
	if (waitpid(child, &status, 0) != child || status)
		complain("the child ends with 0x%x", status);
	map_unbound();

	operation = "bound again";
	tell_driver("bind", function);
	touch_revoked(base, nr_pages);
	again = map_file(&other);
	if (again == MAP_FAILED)
		complain("mmap(): %s", strerror(errno));
	else if (!memory_is_filled(again, nr_pages * PAGE, VIMAP_PATTERN))
		complain("it does not have the pattern of vimap");
	globfree(&found);
}

int main(int argc, char *argv[])
{
	struct sigaction action = { .sa_handler = on_fault };
	char *end;

	if (argc != 2) {
		fputs(usage, stderr);
		return EXIT_CANNOT_RUN;
	}
	sigaction(SIGBUS, &action, NULL);
	sigaction(SIGSEGV, &action, NULL);

	if (!strcmp(argv[1], "--list")) {
		list();
	} else if (!strcmp(argv[1], "--held")) {
		check_held();
	} else if (!strcmp(argv[1], "--take")) {
		check_take();
	} else if (!strcmp(argv[1], "--unbind")) {
		check_unbind();
	} else {
		kind = strtoul(argv[1], &end, 10);
		if (end == argv[1] || *end || kind >= VIMAP_NR_KINDS) {
			fputs(usage, stderr);
			return EXIT_CANNOT_RUN;
		}
		nr_pages = kind == VIMAP_PFN_PMD ? VIMAP_SIZE / PAGE : NR_PAGES;
		check_kind();
		if (kind == VIMAP_BAR)
			clean_bar();
	}
	return broken ? EXIT_WRONG : EXIT_RIGHT;
}
