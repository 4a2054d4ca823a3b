#!/bin/sh
# SciPy 1.10.1 and fastcluster 1.2.3 (as in Debian 12) put the same five points into other clusters, and at other
# heights: average linkage, the same matrix of distances, the same cut.
#
# fastcluster offers itself in place of SciPy's linkage(). Where distances are equal, which pair is merged first
# is free, and with average linkage that changes what follows: not the order of merges alone, but their heights
# and the clusters below a cut. Expected of a replacement: the same heights at least. Seen, distances of
# (0,1) (0,2) ... (3,4) = .2 .2 .2 .3 .2 .4 .4 .3 .6 .3:
#   scipy:       heights 0.2 0.2 0.3 0.366667, at 0.35 clusters of 3 and 2
#   fastcluster: heights 0.2 0.2 0.3 0.4,      at 0.35 clusters of 4 and 1
# Distances of banners are full of ties (compressed lengths are small whole numbers), so a partition that was
# published holds for one library and one order of the hosts.
#
# Needs Debian 12 on amd64 (apt-get, dpkg-deb) and its python3. Exit code 0: as described; 1: that has changed.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -q python3-numpy=1:1.24.2-1+deb12u1 python3-scipy=1.10.1-2 python3-fastcluster=1.2.3-2 \
	libblas3=3.11.0-2 liblapack3=3.11.0-2 libgfortran5=12.2.0-14+deb12u1 \
	libquadmath0=12.2.0-14+deb12u1 >/dev/null 2>&1
for package in *.deb; do
	dpkg-deb -x "$package" root
done
libraries=$folder/root/usr/lib/x86_64-linux-gnu
export LD_LIBRARY_PATH="$libraries:$libraries/blas:$libraries/lapack"
export PYTHONPATH="$folder/root/usr/lib/python3/dist-packages"
/usr/bin/python3 - <<'PYTHON'
import sys

import fastcluster
import numpy
from scipy.cluster.hierarchy import fcluster, linkage

distances = numpy.array([.2, .2, .2, .3, .2, .4, .4, .3, .6, .3])
seen = {}
for name, link in (("scipy", linkage), ("fastcluster", fastcluster.linkage)):
    tree = link(distances, "average")
    clusters = list(fcluster(tree, 0.35, "distance"))
    seen[name] = [round(h, 6) for h in tree[:, 2]], sorted(clusters.count(c) for c in set(clusters))
    print(f"{name}: heights {seen[name][0]}, clusters of {seen[name][1]}")
sys.exit(0 if seen == {"scipy": ([0.2, 0.2, 0.3, 0.366667], [2, 3]),
                       "fastcluster": ([0.2, 0.2, 0.3, 0.4], [1, 4])} else 1)
PYTHON
