# shellcheck shell=bash
# configfs.sh - devices of configfs. Source this file.
#
#	make_device NAME [ATTRIBUTE=VALUE]...	make a directory, set its attributes, and make the device
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
