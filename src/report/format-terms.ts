/** The ids of the document in words, in one place so that they can be translated. */

/** Reasons of `unpredicted` and of a flow's verdict. */
export const REASON_TEXTS: Readonly<Record<string, string>> = {
  'socket-hash': 'the sender used the hash of its socket, which is not in the packet',
  'cut-header': 'the snap length cut what enters the hash',
  'no-destination-mac': 'this kind of capture holds no destination MAC address, which enters the hash',
  'in-frame-tag': 'fits only if the sender saw its VLAN tag inside the frame',
  'keyed-hash': 'the sender mixes in a key that no packet shows',
  'unknown-bucket': "the member of this bucket is the sender's own state and was not seen",
  'unknown-policy': "the sender's policy is not known",
  'before-up': 'sent before the LAG was up',
  'kernel-bug': 'this kernel reads the wrong bytes, so the member does not follow from the packet',
  'hidden-input': 'the choice depends on something that is not in the packet',
  fragment: 'fragments and whole packets of one conversation hash apart',
  rebalance: 'moved by a rebalance of the sender',
  'member-down': 'its member went down',
  're-enslaved': 'a member was taken out and put back, which changes the order',
  'starts-late': 'the capture of its member starts later',
  unknown: 'no reason found',
};

export const SOURCE_TEXTS: Readonly<Record<string, string>> = {
  option: 'as told on the command line',
  state: 'as the state text says',
  inferred: 'inferred from the traffic',
  default: 'assumed (the default)',
};
