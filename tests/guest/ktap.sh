# shellcheck shell=bash
# ktap.sh - for a suite: tests as KTAP lines, each with what must hold after
# every test, whatever it tested. To be sourced.
#
#	check "name" COMMAND...		one test: COMMAND must succeed
#	announce REGEX			the next test may log this
#	skip "name" "why"		a test that cannot run here
#	report_scenarios "which"	what a program says of its scenarios, from standard input
#	ktap_end			the plan; without it the suite has failed

number=0
announced=
harmless=

# Messages that do not make a test fail: "harmless" is a regular expression of them all.
while read -r line; do
	[[ -z $line || $line == '#'* ]] || harmless+="${harmless:+|}$line"
done <"$(dirname "${BASH_SOURCE[0]}")/harmless-messages"

echo 'KTAP version 1'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# This file starts as few processes as it can: an emulated machine takes up to a twentieth
# of a second for each, and most of this is done after every test.

# Prints vipin's video node on a carrier, "platform" or "pci", that captures, or
# with a second word "out" the one that takes output.
node_of()
{
	local node name

	for node in "/sys/bus/$1/drivers/vipin"/*/video4linux/video*; do
		[ -e "$node" ] || continue
		read -r name <"$node/name"
		[ "${name##*-}" != "${2:-cap}" ] || {
			echo "/dev/${node##*/}"
			return
		}
	done
	return 1
}

# Sets "good" and "bad": what an output node has counted.
count_output()
{
	local name value

	while read -r name value; do
		case $name in
		good_frames:) good=$value ;;
		bad_frames:) bad=$value ;;
		esac
	done < <(v4l2-ctl -d "$1" -C good_frames,bad_frames)
}

# Whether this kernel is of that version or newer.
kernel_is()
{
	[ "$(printf '%s\n' "$1" "$(uname -r)" | sort -V | head -n 1)" = "$1" ]
}

# Sets "held": pages pinned in the whole system. Each CPU counts for itself until
# it is asked.
count_pins()
{
	local counts acquired='nr_foll_pin_acquired ([0-9]+)' released='nr_foll_pin_released ([0-9]+)'

	held=0
	echo 1 >/proc/sys/vm/stat_refresh
	# To its end, which is where no such character was found: that is no success.
	IFS= read -r -d '' counts </proc/vmstat || :
	[[ ! $counts =~ $acquired.$released ]] || held=$((BASH_REMATCH[1] - BASH_REMATCH[2]))
}

# Frees of pins may be put off for a moment (a task's last exit work, RCU).
count_pins_until()
{
	local try

	for try in 1 2 3 4 5 6 7 8 9 10; do
		count_pins
		[ $held -ne "$1" ] || return 0
		sleep "0.$try"
	done
}

# Sets "warnings": what the kernel has said since last time at warning level and above. A
# record is "level and facility,number,time,flags;text", and lines that start with a space.
read_kernel_log()
{
	local record

	warnings=()
	# Nothing, most of the time: then no process is started. A record that was overwritten
	# before it was read ends dd, but not what there is to read.
	while read -r -t 0 -u "$kernel_log"; do
		while IFS= read -r record; do
			[[ $record != ' '* ]] || continue
			# The rest of a record that another one came into has no level.
			[[ ${record%%;*}, != *,c,* ]] || continue
			((${record%%,*} > 4)) || warnings+=("${record#*;}")
		done < <(dd bs=8192 iflag=nonblock status=none <&"$kernel_log" 2>/dev/null)
	done
}

# What every test is measured against: the state before the first one.
remember_health()
{
	count_pins
	pinned=$held
	exec {kernel_log}</dev/kmsg
	read_kernel_log
}

# Sets "ailing": what does not hold as it must after every test.
examine_health()
{
	local line node name stamp

	ailing=()
	count_pins_until "$pinned"
	[ $held -eq "$pinned" ] || ailing+=("pages are still pinned: $held, before the test $pinned")
	pinned=$held

	for node in /sys/class/video4linux/video*; do
		read -r name <"$node/name"
		[[ $name == vipin*-cap ]] || continue
		stamp=
		IFS= read -r -N 4 -t 5 stamp <"/dev/${node##*/}"
		[ "$stamp" = VPIN ] || ailing+=("${node##*/} does not stream any more")
	done

	# After the frames, so that what they make the kernel say is this test's.
	read_kernel_log
	for line in "${warnings[@]}"; do
		[[ $line =~ $harmless ]] || [[ -n $announced && $line =~ $announced ]] ||
			ailing+=("the kernel said: $line")
	done
	announced=
}

report()
{
	number=$((number + 1))
	echo "$1 $number - $2"
}

check()
{
	local name=$1 code=0

	shift
	# A shell of its own, where the first command that fails ends it.
	(set -eu; "$@") </dev/null >"$work/output" 2>&1 &
	wait $! || code=$?
	examine_health

	if [ "$code" -eq 0 ] && [ ${#ailing[@]} -eq 0 ]; then
		report ok "$name"
		return
	fi
	echo "# '$*' ended with $code"
	[ ${#ailing[@]} -eq 0 ] || printf '# %s\n' "${ailing[@]}"
	tail -n 20 "$work/output" | sed 's/^/# | /'
	report 'not ok' "$name"
}

announce()
{
	announced=$1
}

skip()
{
	report ok "$1 # SKIP $2"
}

# A line for each scenario that a program played: its standard output, on standard input, has
# "right NAME", "skipped NAME: WHY", or another word for what is wrong.
report_scenarios()	# WHICH
{
	local which=$1 word name why

	while read -r word name why; do
		name="$which: ${name%:}"
		case $word in
		right) report ok "$name" ;;
		skipped) skip "$name" "$why" ;;
		*)
			echo "# $word: $why"
			report 'not ok' "$name"
			;;
		esac
	done
}

ktap_end()
{
	echo "1..$number"
}

remember_health
