# shellcheck shell=bash
# Read by the scripts beside it: where things are, and how they speak.

# An ordinary user's PATH may leave out chroot.
PATH=$PATH:/usr/sbin:/sbin

vm_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck disable=SC2034 # used by the scripts that read this file
project=$(cd "$vm_dir/../.." && pwd)
# shellcheck disable=SC2034
cache=${XDG_CACHE_HOME:-$HOME/.cache}/vipin
me=${0##*/}

say()
{
	printf '%s: %s\n' "$me" "$*" >&2
}

# die STATUS SENTENCE
die()
{
	local status=$1

	shift
	say "$@"
	exit "$status"
}

# What a target or a machine is for: the first sentence of its file.
first_sentence()	# FILE
{
	sed -n '/^#/!q; s/^# //p' "$1" | tr '\n' ' ' | sed 's/\. .*/./'
}

# How many emulated machines keep the host busy: each uses one CPU, and waits now and then.
machines_at_once()
{
	echo $((($(nproc) * 3 + 1) / 2))
}

# The megabytes left on the file system that holds (or will hold) a folder.
megabytes_free()
{
	local folder=$1

	while [ ! -d "$folder" ]; do
		folder=$(dirname "$folder")
	done
	df --output=avail -BM "$folder" | tr -dc '0-9'
}
