# shellcheck shell=bash
# pins.sh - count the pinned pages. Source this file. v4l2-pincheck and other programs count them
# with userspace/common/pins.c.

# Set "counted" to the pages that vipin's nodes count as pinned (drivers/vipin/vipin-account.c). A pin
# whose pages are released, but whose record is lost, shows only here.
count_records()
{
	local file pages

	counted=0
	for file in /sys/kernel/debug/vipin/*/pinned_pages; do
		# The directory of a metadata node is a link to that of a capture node.
		[ ! -L "${file%/*}" ] || continue
		# A device can go at any time.
		{ read -r pages <"$file"; } 2>/dev/null || continue
		counted=$((counted + pages))
	done
}

# Set "held" to the number of pinned pages in the whole system, and "pins_acquired" and
# "pins_released" to the counters that it is the difference of. stat_refresh adds up the counters of
# the CPUs.
count_pins()
{
	local counts pattern='nr_foll_pin_acquired ([0-9]+).nr_foll_pin_released ([0-9]+)'

	pins_acquired=0 pins_released=0
	echo 1 >/proc/sys/vm/stat_refresh
	# Read the whole file. read fails at its end, since the file has no NUL.
	IFS= read -r -d '' counts </proc/vmstat || :
	[[ ! $counts =~ $pattern ]] || pins_acquired=${BASH_REMATCH[1]} pins_released=${BASH_REMATCH[2]}
	held=$((pins_acquired - pins_released))
}

# Count pins until their number is as given, for a few seconds: unpinning can be delayed by RCU or
# by the exit of a task. Fail if it is another number in the end.
count_pins_until()	# NUMBER
{
	local try

	for try in 1 2 3 4 5 6 7 8 9 10; do
		count_pins
		[ $held -ne "$1" ] || return 0
		sleep "0.$try"
	done
	return 1
}
