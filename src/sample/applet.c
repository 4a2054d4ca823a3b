// SPDX-License-Identifier: MIT
#include "sample/applet.h"

#include <string.h>

// Ascending.
static const char *const names[] = {
	"[", "[[", "acpid", "add-shell", "addgroup", "adduser", "adjtimex", "ar", "arp",
	"arping", "ash", "awk", "basename", "bash", "bbconfig", "beep", "blkid", "blockdev",
	"bootchartd", "brctl", "bunzip2", "bzcat", "bzip2", "cal", "cat", "catv", "chat",
	"chattr", "chcon", "chgrp", "chmod", "chown", "chpasswd", "chpst", "chroot", "chrt",
	"chvt", "cksum", "clear", "cmp", "comm", "conspy", "cp", "cpio", "crond", "crontab",
	"cryptpw", "cttyhack", "cut", "date", "dc", "dd", "deallocvt", "delgroup", "deluser",
	"depmod", "devfsd", "devmem", "df", "dhcprelay", "diff", "dirname", "dmesg", "dnsd",
	"dnsdomainname", "dos2unix", "dpkg", "dpkg-deb", "du", "dumpkmap", "dumpleases",
	"echo", "ed", "egrep", "eject", "env", "envdir", "envuidgid", "ether-wake", "expand",
	"expr", "factor", "fakeidentd", "fallocate", "false", "fatattr", "fbset", "fbsplash",
	"fdflush", "fdformat", "fdisk", "fgconsole", "fgrep", "find", "findfs",
	"flash_eraseall", "flash_lock", "flash_unlock", "flashcp", "flock", "fold", "free",
	"freeramdisk", "fsck", "fsck.minix", "fsfreeze", "fstrim", "fsync", "ftpd", "ftpget",
	"ftpput", "fuser", "getenforce", "getopt", "getsebool", "getty", "grep", "groups",
	"gunzip", "gzip", "halt", "hd", "hdparm", "head", "hexdump", "hostid", "hostname",
	"httpd", "hush", "hwclock", "i2cdetect", "i2cdump", "i2cget", "i2cset", "id",
	"ifconfig", "ifdown", "ifenslave", "ifplugd", "ifup", "inetd", "init", "inotifyd",
	"insmod", "install", "ionice", "iostat", "ip", "ipaddr", "ipcalc", "ipcrm", "ipcs",
	"iplink", "iproute", "iprule", "iptunnel", "kbd_mode", "kill", "killall", "killall5",
	"klogd", "lash", "last", "length", "less", "link", "linux32", "linux64", "linuxrc",
	"ln", "load_policy", "loadfont", "loadkmap", "logger", "login", "logname", "logread",
	"losetup", "lpd", "lpq", "lpr", "ls", "lsattr", "lsmod", "lsof", "lspci", "lsusb",
	"lzcat", "lzma", "lzop", "lzopcat", "makedevs", "makemime", "man", "matchpathcon",
	"md5sum", "mdev", "mesg", "microcom", "mkdir", "mkdosfs", "mke2fs", "mkfifo",
	"mkfs.ext2", "mkfs.minix", "mkfs.reiser", "mkfs.vfat", "mknod", "mkpasswd", "mkswap",
	"mktemp", "modinfo", "modprobe", "more", "mount", "mountpoint", "mpstat", "msh",
	"mt", "mv", "nameif", "nanddump", "nandwrite", "nbd-client", "nc", "netstat", "nice",
	"nmeter", "nohup", "nslookup", "ntpd", "od", "openvt", "passwd", "patch", "pgrep",
	"pidof", "ping", "ping6", "pipe_progress", "pivot_root", "pkill", "pmap",
	"popmaildir", "poweroff", "powertop", "printenv", "printf", "ps", "pscan", "pstree",
	"pwd", "pwdx", "raidautorun", "rdate", "rdev", "readahead", "readlink",
	"readprofile", "realpath", "reboot", "reformime", "remove-shell", "renice", "reset",
	"resize", "restorecon", "rev", "rm", "rmdir", "rmmod", "route", "rpm", "rpm2cpio",
	"rtcwake", "run-parts", "runcon", "runlevel", "runsv", "runsvdir", "rx", "script",
	"scriptreplay", "sed", "selinuxenabled", "sendmail", "seq", "sestatus", "setarch",
	"setconsole", "setenforce", "setfiles", "setfont", "setkeycodes", "setlogcons",
	"setsebool", "setserial", "setsid", "setuidgid", "sh", "sha1sum", "sha256sum",
	"sha3sum", "sha512sum", "showkey", "shred", "shuf", "slattach", "sleep", "smemcap",
	"softlimit", "sort", "split", "ssl_client", "start-stop-daemon", "stat", "strings",
	"stty", "su", "sulogin", "sum", "sv", "svlogd", "swapoff", "swapon", "switch_root",
	"sync", "sysctl", "syslogd", "tac", "tail", "tar", "taskset", "tcpsvd", "tee",
	"telnet", "telnetd", "test", "tftp", "tftpd", "time", "timeout", "top", "touch",
	"tr", "traceroute", "traceroute6", "true", "truncate", "tty", "ttysize", "tunctl",
	"tune2fs", "ubiattach", "ubidetach", "ubimkvol", "ubirmvol", "ubirsvol",
	"ubiupdatevol", "udhcpc", "udhcpc6", "udhcpd", "udpsvd", "umount", "uname",
	"uncompress", "unexpand", "uniq", "unix2dos", "unlink", "unlzma", "unlzop",
	"unshare", "unxz", "unzip", "uptime", "usleep", "uudecode", "uuencode", "vconfig",
	"vi", "vlock", "volname", "wall", "watch", "watchdog", "wc", "wget", "which", "who",
	"whoami", "xargs", "xxd", "xz", "xzcat", "yes", "zcat", "zcip",
};

static int compare(const char *name, struct span word)
{
	const int order = strncmp(name, (const char *)word.bytes, word.length);
	return order != 0 ? order : name[word.length] != '\0';
}

bool applet_is_one(struct span name)
{
	size_t low = 0, high = sizeof names / sizeof *names;
	while (low < high) {
		const size_t middle = (low + high) / 2;
		const int order = compare(names[middle], name);
		if (order == 0)
			return true;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

static bool is_letter(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

bool applet_is_token(struct span word)
{
	if (word.length < APPLET_TOKEN_MIN || word.length > APPLET_TOKEN_MAX)
		return false;
	for (size_t i = 0; i < word.length; i++)
		if (!is_letter(word.bytes[i]))
			return false;
	return !applet_is_one(word);
}
