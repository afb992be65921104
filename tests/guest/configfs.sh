# shellcheck shell=bash
# configfs.sh - devices of configfs. Source this file.
#
#	make_device NAME [ATTRIBUTE=VALUE]...	make a directory, set its attributes, and make the device
#	node_in NAME cap|out|m2m		print a node of the device
#	remove_all				remove all directories

config=/sys/kernel/config
mountpoint -q $config || mount -t configfs none $config
config=$config/vipin

remove_all()
{
	local folder

	for folder in "$config"/*/; do
		[ ! -e "$folder" ] || rmdir "$folder"
	done
}

make_device()	# NAME [ATTRIBUTE=VALUE]...
{
	local setting

	mkdir "$config/$1"
	for setting in "${@:2}"; do
		echo "${setting#*=}" >"$config/$1/${setting%%=*}"
	done
	echo 1 >"$config/$1/live"
}

node_in()	# NAME cap|out|m2m
{
	local node

	for node in "/sys/bus/platform/devices/$(<"$config/$1/device")"/video4linux/video*; do
		[ "$(<"$node/name")" != "vipin-$1-$2" ] || {
			echo "/dev/${node##*/}"
			return
		}
	done
	echo "$1 has no node $2"
	return 1
}
