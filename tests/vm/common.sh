# shellcheck shell=bash
# Shared by the scripts in this folder: paths, messages and progress.

# chroot is in sbin, which the PATH of an ordinary user may lack.
PATH=$PATH:/usr/sbin:/sbin

vm_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck disable=SC2034 # used by the scripts that read this file
project=$(cd "$vm_dir/../.." && pwd)
# shellcheck disable=SC2034
cache=${XDG_CACHE_HOME:-$HOME/.cache}/vipin
me=${0##*/}

# Print a message that begins with the name of the script.
say()	# MESSAGE...
{
	printf '%s: %s\n' "$me" "$*" >&2
}

# Print a message and exit.
die()	# STATUS MESSAGE...
{
	local status=$1

	shift
	say "$@"
	exit "$status"
}

# Read the file of a target, and the table of its architecture. A target with a base has the
# architecture of the base. Set "foreign" to "yes" if it is not the architecture of this host.
# shellcheck disable=SC2034,SC2154 # the scripts that call this use the variables; the files set them
read_target()	# TARGET
{
	base=
	config=
	patches=
	[ -f "$vm_dir/targets/$1" ] || die 250 "there is no target '$1';" \
		"choose one of: $(cd "$vm_dir/targets" && echo *)"
	# shellcheck source=/dev/null
	. "$vm_dir/targets/$1"
	# shellcheck source=/dev/null
	[ -z "$base" ] || arch=$(. "$vm_dir/targets/$base" && echo "$arch")
	# shellcheck source=tests/vm/arch/amd64
	. "$vm_dir/arch/$arch"
	foreign=
	[ "$machine_hardware" = "$(uname -m)" ] || foreign=yes
}

# Print what a target or a machine is for: the first sentence of its file.
first_sentence()	# FILE
{
	sed -n '/^#/!q; s/^# //p' "$1" | tr '\n' ' ' | sed 's/\. .*/./'
}

# Print how many emulated machines should run at once. An emulated machine uses one CPU of the
# host at most and sometimes waits, so this is 1.5 machines for each CPU.
machines_at_once()
{
	echo $((($(nproc) * 3 + 1) / 2))
}

# Print the free megabytes of the file system that holds (or will hold) a folder.
megabytes_free()	# FOLDER
{
	local folder=$1

	while [ ! -d "$folder" ]; do
		folder=$(dirname "$folder")
	done
	df --output=avail -BM "$folder" | tr -dc '0-9'
}

# Start COMMAND in the background, as its own process group: "kill -- -$!" ends it with all its
# children.
start_job()	# COMMAND...
{
	set -m
	"$@" </dev/null &
	set +m
}

# Wait for the background process PID. Kill it if this script is interrupted. Its children must end with
# it.
wait_or_kill()	# PID
{
	# shellcheck disable=SC2064 # that process
	trap "{ kill -KILL $1; wait; } 2>/dev/null || :" EXIT
	trap 'say "interrupted"; exit 130' INT TERM HUP
	wait "$1"
}

# Show the line that COMMAND prints while the process PID runs. On a terminal it is one line
# that changes every second. In a log file it is a new line every 30 seconds.
show_progress()	# PID COMMAND...
{
	local pid=$1 seconds=0

	shift
	while sleep 1 && kill -0 "$pid" 2>/dev/null; do
		seconds=$((seconds + 1))
		if [ -t 2 ]; then
			printf '\r\033[K%s: %s' "$me" "$("$@" 2>/dev/null)" >&2
		elif [ $((seconds % 30)) -eq 0 ]; then
			say "$("$@")"
		fi
	done
}

# Wait for the background process PID and show its progress. Returns its exit status.
wait_with_progress()	# PID COMMAND...
{
	local pid=$1 display status=0

	# The display must not hold the caller's lock for a moment longer than the caller.
	show_progress "$@" >/dev/null {lock}>&- &
	display=$!
	wait "$pid" || status=$?
	kill "$display" 2>/dev/null || :
	wait "$display" 2>/dev/null || :
	[ ! -t 2 ] || printf '\r\033[K' >&2
	return "$status"
}
