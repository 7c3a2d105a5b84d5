#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A cluster of one node, with its own ports and key: the emitted script runs there, array and merge, and its numbers equal
# those of an undivided run, to the bit. Needs root, slurm-wlm and munge.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "$0")/common.sh"
for needed in slurmctld slurmd sbatch munged; do
  PATH=$PATH:/usr/sbin command -v "$needed" >/dev/null || { echo "no $needed: skipped"; exit 77; }
done
[ "$(id -u)" -eq 0 ] || { echo "not root: skipped"; exit 77; }
export PATH=$PATH:/usr/sbin SLURM_CONF=$work/slurm.conf
python=$(command -v /usr/bin/python3 || command -v python3)
"$python" -c 'import h5py' 2>/dev/null || { echo "no h5py: skipped"; exit 77; }
cp "$here/tuned.yaml" .

node=$(hostname -s) port=$((20000 + RANDOM % 20000))
mkdir -p state spool
cat >slurm.conf <<END
ClusterName=gatebench
SlurmctldHost=$node(127.0.0.1)
SlurmctldPort=$port
SlurmdPort=$((port + 1))
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$work/munge.socket
CredType=cred/munge
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
SlurmctldLogFile=$work/slurmctld.log
SlurmdLogFile=$work/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SchedulerParameters=sched_interval=2,bf_interval=2
ReturnToService=2
SlurmdParameters=config_overrides
NodeName=$node NodeAddr=127.0.0.1 CPUs=4 RealMemory=4000 State=UNKNOWN
PartitionName=main Nodes=$node Default=YES MaxTime=INFINITE State=UP
END
# From 23 on slurmd wants cgroups, which a chroot or a container need not have, unless its configuration disables them.
if [ "$(slurmd -V | grep -oE '[0-9]+' | head -n 1)" -ge 23 ]; then
  echo "CgroupPlugin=disabled" >cgroup.conf
fi
head -c 1024 /dev/urandom >munge.key
chmod 400 munge.key
munged --foreground --force --socket="$work/munge.socket" --key-file="$work/munge.key" --log-file="$work/munge.log" \
  --pid-file="$work/munge.pid" --seed-file="$work/munge.seed" --num-threads=2 >/dev/null 2>&1 &
daemons=($!)
trap 'kill "${daemons[@]}" 2>/dev/null; wait; rm -rf "$work"' EXIT
for _ in $(seq 100); do [ -S munge.socket ] && break; sleep 0.1; done
slurmctld -D >/dev/null 2>&1 &
daemons+=($!)
slurmd -D >/dev/null 2>&1 &
daemons+=($!)
for _ in $(seq 300); do
  sinfo -h -o %t 2>/dev/null | grep -q '^idle' && break
  kill -0 "${daemons[@]}" 2>/dev/null || break
  sleep 0.2
done
if ! sinfo -h -o %t 2>/dev/null | grep -q '^idle'; then
  tail -n 5 slurmctld.log slurmd.log munge.log
  echo "a cluster of one node does not start here: skipped"
  exit 77
fi

expect 0 run tuned.yaml -j 2 -o whole
expect 0 run tuned.yaml --emit slurm --shards 4 -j 1 -o "clus'ter #1"
cp out job.sh
bash job.sh >out 2>err || fail "job.sh: exit code $?"
says out "shards: job"
says out "merge: job"
for _ in $(seq 600); do
  [ -z "$(squeue -h 2>/dev/null)" ] && break
  sleep 0.2
done
last="the emitted script"
[ -z "$(squeue -h)" ] || fail "$last: jobs are left: $(squeue)"
[ "$(find "clus'ter #1"/tuned -name 'slurm-*_*.log' | wc -l)" -eq 4 ] || fail "$last: not a log of each of four shards"
cp "clus'ter #1"/tuned/slurm-merge.log err 2>/dev/null
says err "36 of 36 trials merged"
"$python" "$here/same_numbers.py" whole/tuned.h5 "clus'ter #1"/tuned.h5 >difference 2>&1 || fail "$last: $(cat difference)"
finish
