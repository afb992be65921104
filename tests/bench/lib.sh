# shellcheck shell=bash
# Functions for the suites: vipin's nodes and parameters.

# shellcheck disable=SC2034 # used by the suites
bin=/vipin/bin

# Report that something cannot be measured here, and why.
skip()	# WORDS
{
	printf 'skip\t%s\n' "$*"
}

# Print the nodes of vipin's capture devices on a bus.
capture_nodes()	# platform|pci
{
	local node name

	for node in /sys/class/video4linux/video*; do
		read -r name <"$node/name"
		[ "$(basename "$(readlink -f "$node/device/driver")"):${name##*-}" = vipin:cap ] &&
			[ "$(basename "$(readlink -f "$node/device/subsystem")")" = "$1" ] &&
			echo "/dev/${node##*/}"
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
