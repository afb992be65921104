# shellcheck shell=bash
# huge-pages.sh - memory without large pages, of either kind. To be sourced. A command that
# is run here is left of "||", where the first command that fails does not end it.

# Runs a command while no huge page is free.
without_huge_pages()
{
	local code=0

	fallocate -l "$(($(</proc/sys/vm/nr_hugepages) * 2))M" /dev/hugepages/all
	"$@" || code=$?
	rm /dev/hugepages/all
	return $code
}

# Sets when there are transparent huge pages, and prints the setting before.
transparent_huge_pages()	# always|madvise|never
{
	local file=/sys/kernel/mm/transparent_hugepage/enabled before

	before=$(<$file)
	before=${before#*[}
	echo "${before%]*}"
	echo "$1" >$file
}

# Runs a command while memory comes in small pages: a buffer of malloc() that happens to
# lie within one transparent huge page is contiguous.
without_transparent_huge_pages()
{
	local before code=0

	before=$(transparent_huge_pages never)
	"$@" || code=$?
	transparent_huge_pages "$before" >/dev/null
	return $code
}
