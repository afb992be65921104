// SPDX-License-Identifier: GPL-2.0-only
/*
 * hugetlb-fork.c - fork() with a huge page: does the child see what the parent has written?
 *
 * Usage: hugetlb-fork [KILOBYTES] (of a huge page; default: 2048)
 *
 * A child's page tables are in new pages. What these pages had in struct page decides. So the page
 * cache uses some pages meanwhile, which leaves an index there. Two huge pages should be free, since
 * a child that has lost one gets another one, of zeroes, or else SIGBUS.
 *
 * Prints how many children do not see the content. The exit status is 1 if one does not, or 2 if this
 * machine has no such huge page.
 */
#define _GNU_SOURCE
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define FORKS	200
#define FILL	0x5a

/* Give pages an index in a file, and free them. */
static void use_page_cache(void)
{
	static char bytes[1 << 20];
	FILE *file = tmpfile();

	if (!file)
		err(2, "tmpfile");
	for (int i = 0; i < 16; i++)
		if (fwrite(bytes, sizeof(bytes), 1, file) != 1)
			err(2, "a file of 16 MiB");
	fclose(file);
}

/* Is a byte of each kilobyte as the parent has written it? */
static bool is_filled(const unsigned char *page, size_t size)
{
	for (size_t i = 0; i < size; i += 1024)
		if (page[i] != FILL)
			return false;
	return true;
}

int main(int argc, char **argv)
{
	size_t size = (argc > 1 ? strtoul(argv[1], NULL, 0) : 2048) << 10;
	unsigned char *page;
	int status, lost = 0;

	if (!size)
		errx(2, "usage: hugetlb-fork [KILOBYTES]");
	page = mmap(NULL, size, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB |
		    (unsigned int)__builtin_ctzl(size) << MAP_HUGE_SHIFT, -1, 0);
	if (page == MAP_FAILED)
		err(2, "no huge page of %zu bytes", size);
	memset(page, FILL, size);
	for (int i = 0; i < FORKS; i++) {
		if (i % 20 == 0)
			use_page_cache();
		switch (fork()) {
		case -1:
			err(2, "fork");
		case 0:
			_exit(!is_filled(page, size));
		}
		if (wait(&status) < 0)
			err(2, "wait");
		lost += status != 0;
	}
	printf("hugetlb-fork: %d of %d children do not see the huge page\n", lost, FORKS);
	return lost != 0;
}
