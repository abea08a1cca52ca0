/** Words that begin a command at a prompt; without one a line with `#` is a comment. */
const COMMAND_WORDS = new Set([
  'cat',
  'ip',
  'sudo',
  'ovs-vsctl',
  'ovs-appctl',
  'ovs-ofctl',
  'ovs-dpctl',
  'show',
  'sh',
  'sho',
  'ethtool',
  'esxcli',
  'dmesg',
  'journalctl',
  'networkctl',
  'nmcli',
  'head',
  'tail',
  'grep',
  'egrep',
  'less',
  'more',
  'watch',
  'ls',
  'ping',
  'tcpdump',
  'exit',
  'uname',
  'ifconfig',
  'teamdctl',
  'teamnl',
  'lldpcli',
  'netplan',
  'bridge',
  'for',
  'echo',
  'clear',
  'vi',
  'vim',
  'nano',
  'ssh',
  'apt',
  'systemctl',
  'ifreload',
  'ifup',
  'ifdown',
  'brctl',
  'do',
  'run',
  'conf',
  'configure',
  'terminal',
  'enable',
  'more',
  'docker',
  'kubectl',
  'bash',
  'su',
  'cd',
  'pwd',
  'date',
]);

/** What a bare `#`, `$`, `>` or `%` must be followed by: no word that could as well begin a comment. */
const BARE_COMMAND =
  /^(?:sudo\s{1,4})?(?:cat\s{1,4}[/~.\w]*\/|ip\s{1,4}(?:-[\w]|l$|a$|link(?:$|\s{1,4}(?:show|ls|list|add|set))|addr(?:$|\s{1,4}show))|ovs-\w|ethtool\s|esxcli\s|dmesg|journalctl|networkctl|nmcli\s|teamdctl\s|teamnl\s|lldpcli|ifconfig|uname\s-|tcpdump\s|ping\s|e?grep\s|(?:head|tail|less|more)\s{1,4}[-/])/;

/** user@host:~#, [root@host ~]#, [root@host:~], host#, host(config)#, host>, or nothing at all before the sign. */
const PROMPT =
  /^(?:\[([^\]\s]{1,128})[^\]]{0,128}\]\s?[#$>%]?|([\w.-]{1,64}@[\w.-]{1,64})(?:[:\s][^#$%>]{0,200})?[#$%>]|([A-Za-z][\w.-]{0,62}(?:\([\w./ -]{0,40}\))?)[#>]|[#$%>])\s{0,8}(.*)$/;

export interface Prompt {
  readonly host?: string;
  /** Empty where the prompt stands alone. */
  readonly command: string;
}

/** The prompt and command of a line, or null if the line is no prompt. A mere `#` needs a known command after it. */
export function readPrompt(text: string): Prompt | null {
  const match = PROMPT.exec(text.length > 1024 ? text.slice(0, 1024) : text);
  if (!match) return null;
  const [, bracketed, userAtHost, deviceName, rest] = match;
  const command = rest.trim();
  const word = /^[\w./-]+/.exec(command)?.[0] ?? '';
  const known = COMMAND_WORDS.has(word) || COMMAND_WORDS.has(word.slice(word.lastIndexOf('/') + 1));
  if (bracketed !== undefined) {
    // A section header of a configuration file ([bond]) is no prompt; a log's [  12.3] neither.
    if (!bracketed.includes('@') && !/^\[[^\]]*\][#$]/.test(text)) return null;
    if (command !== '' && !known) return null;
    return { host: hostOf(bracketed), command };
  }
  if (userAtHost !== undefined) return { host: hostOf(userAtHost), command };
  if (deviceName !== undefined) return known || command === '' ? { host: deviceName.replace(/\(.*$/, ''), command } : null;
  return BARE_COMMAND.test(command) ? { command } : null;
}

function hostOf(name: string): string {
  const at = name.lastIndexOf('@');
  return name.slice(at + 1).replace(/:.*$/, '');
}

/** A file name that a command prints above its output (`==> /proc/net/bonding/bond0 <==`, `:::: name ::::`), or null. */
export function readFileHeader(text: string): string | null {
  const match = /^(?:==> (\S.{0,255}) <==|:{6,}|(\/proc\/net\/bonding\/\S{1,64}):?)$/.exec(text);
  return match ? (match[1] ?? match[2] ?? null) : null;
}
