/** Milliseconds of processor time since the call: unlike a clock on the wall it does not run while others have the machine. */
export function startCpuClock(): () => number {
  const start = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  };
}
