# shellcheck shell=bash
# Shared by the scripts that build modules from the source of Debian's kernel of a target, against the
# headers of that kernel. Source this file after common.sh.

# Set "source", "root" and "release", and read the target's file. The source must have the version of
# the kernel.
# shellcheck disable=SC2034,SC2154 # used by the scripts that read this file; common.sh sets vm_dir
find_source()	# TARGET
{
	local version

	read_target "$1"
	source=$("$vm_dir/make-rootfs" "$1" kernel)
	root=$("$vm_dir/make-rootfs" "$1")
	release=$(cat "$root/kernel-release")
	version=$(cat "$source/source-version")
	[ "${version%%-*}" = "${release%%[-+]*}" ] ||
		die 1 "the kernel in the cache is $release, but its source is $version: Debian has a new" \
		    "version; 'make distclean' removes both"
}

# Copy folders of the source into the new folder FOLDER/linux, and list those with makefiles in its
# Kbuild. Give the headers the current time (-m): one that a patch no longer changes is newer than the
# objects of vipin as well.
copy_source()	# FOLDER FOLDER-OF-THE-SOURCE...
{
	local out=$1 folder

	shift
	rm -rf "${project:?}/$out"
	mkdir -p "$project/$out/linux"
	tar -c -C "$source/root/usr/src/linux" "$@" include/media | tar -xm -C "$project/$out/linux"
	for folder; do
		echo "obj-y += $folder/"
	done >"$project/$out/linux/Kbuild"
}

# Let the makefile of the V4L2 core build only the named modules: the others are the same as Debian's.
only_core_modules()	# FOLDER [MODULE]...
{
	local makefile=$project/$1/linux/drivers/media/v4l2-core/Makefile

	shift
	sed -i '/^obj-/d; /^ccflags-y/d' "$makefile"
	[ $# -eq 0 ] || printf 'obj-m += %s.o\n' "$@" >>"$makefile"
}

# Build the modules in FOLDER/linux. If that fails, show the errors; then the log is FOLDER/log.
build_source()	# TARGET FOLDER ARGUMENT-OF-MAKE...
{
	local target=$1 out=$2 log=$project/$2/log

	shift 2
	"$vm_dir/run-in-rootfs" "$target" make "-j$(nproc)" -s -C "/usr/src/linux-headers-$release" \
		M="/vipin/$out/linux" W=1 "$@" modules >"$log" 2>&1 || {
		grep -E ' error: |\*\*\*|undefined!' "$log" >&2 || tail -n 5 "$log" >&2
		die 1 "building modules in $out failed; the whole log is $log"
	}
}
