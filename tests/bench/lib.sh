# shellcheck shell=bash
# Functions for the suites: vipin's nodes and parameters, and traces.

# shellcheck disable=SC2034 # used by the suites
bin=/vipin/bin
tracing=/sys/kernel/tracing

# Report that something cannot be measured here, and why.
skip()	# WORDS
{
	printf 'skip\t%s\n' "$*"
}

# Print the nodes of vipin's capture devices on a bus. The device tree's device is not coherent.
capture_nodes()	# platform|pci|device-tree
{
	local node name bus

	for node in /sys/class/video4linux/video*; do
		read -r name <"$node/name"
		bus=$(basename "$(readlink -f "$node/device/subsystem")")
		[ ! -e "$node/device/of_node" ] || bus=device-tree
		[ "$(basename "$(readlink -f "$node/device/driver")"):${name##*-}" = vipin:cap ] &&
			[ "$bus" = "$1" ] && echo "/dev/${node##*/}"
	done
	return 0
}

# Load vipin again, with other parameters.
reload_vipin()	# PARAMETER...
{
	rmmod vipin
	insmod /vipin/modules/vipin.ko "$@"
	echo 1234 11e8 >/sys/bus/pci/drivers/vipin/new_id
}

# End the suite if this kernel cannot trace calls.
need_tracer()
{
	[ -e $tracing/set_ftrace_filter ] || {
		skip 'this kernel has no function tracer (CONFIG_FUNCTION_GRAPH_TRACER)'
		exit 0
	}
}

# Record when these functions begin and end.
trace_calls()	# FUNCTION...
{
	printf '%s\n' "$@" >$tracing/set_ftrace_filter
	echo function_graph >$tracing/current_tracer
}

# Print each recorded call: its function and its time in nanoseconds.
print_calls()
{
	sed -nE 's/^.* ([0-9.]+) us +\| +([a-z0-9_]+).*/\2 \1/p' $tracing/trace |
		awk '{ print $1, $2 * 1000 }'
	echo nop >$tracing/current_tracer
}

# Print the path of a file of 1 GiB of contiguous memory: one huge page.
contiguous_file()
{
	local folder=/run/bench

	if [ ! -e "$folder/file" ]; then
		mkdir "$folder"
		mount -t hugetlbfs -o pagesize=1G none "$folder"
		truncate -s 1G "$folder/file"
	fi
	echo "$folder/file"
}
