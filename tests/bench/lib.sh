# shellcheck shell=bash
# Read by the suites: vipin's nodes, and what it is loaded with.

# shellcheck disable=SC2034 # used by the suites
bin=/vipin/bin

# Says that something cannot be measured here, and why.
skip()	# WORDS
{
	printf 'skip\t%s\n' "$*"
}

# Prints the nodes of vipin's capture devices on a carrier.
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

# Loads vipin anew, with other parameters.
reload_vipin()	# PARAMETER...
{
	rmmod vipin
	insmod /vipin/modules/vipin.ko "$@"
	echo 1234 11e8 >/sys/bus/pci/drivers/vipin/new_id
}

# Prints a file of 1 GiB of contiguous memory: one page.
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
