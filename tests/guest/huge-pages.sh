# shellcheck shell=bash
# huge-pages.sh - run commands without huge pages of either kind. Source this file. Note that
# "set -e" has no effect in a function that is called here, since the call is followed by "||".

# Run a command while no huge page is free.
without_huge_pages()
{
	local code=0

	fallocate -l "$(($(</proc/sys/vm/nr_hugepages) * 2))M" /dev/hugepages/all
	"$@" || code=$?
	rm /dev/hugepages/all
	return $code
}

# Set the mode of transparent huge pages, and print the previous mode.
transparent_huge_pages()	# always|madvise|never
{
	local file=/sys/kernel/mm/transparent_hugepage/enabled before

	before=$(<$file)
	before=${before#*[}
	echo "${before%]*}"
	echo "$1" >$file
}

# Run a command without transparent huge pages. With them a buffer of malloc() can be contiguous by
# chance.
without_transparent_huge_pages()
{
	local before code=0

	before=$(transparent_huge_pages never)
	"$@" || code=$?
	transparent_huge_pages "$before" >/dev/null
	return $code
}
