import type { Translation } from './translation.ts';

/** Japanese. */
export const JA: Translation = {
  'lacp/no-partner': {
    title: '{side}の {members} に LACP の相手がいません',
    detail:
      '{since} から {side}の LACPDU は相手を示していません（システム 00:00:00:00:00:00、Defaulted）。期待値は相手側のシステムです。まず、相手側でこれらのポートが LACP の同じチャネルグループに入っているかを確認してください。',
  },
  'lacp/one-way': {
    title: '{members} では LACPDU が片方向にしか届いていません',
    detail:
      '両側とも LACPDU を送っていますが、{side}は一度も相手を認識していません（キャプチャには相手の LACPDU が {heard} 個あります）。フィルタ、ブリッジ、仮想スイッチ、または 01:80:c2:00:00:02 を捨てるドライバが疑われます。',
  },
  'lacp/expired': {
    title: '{side}は {members} で LACP の相手を見失いました',
    detail:
      '{side}は {first} から Expired です（計 {count} 回）。期待値は相手から {period} 秒ごとの LACPDU です。{side}自身は送信を続けているので、{side}へ向かう方向に障害があります。',
  },
  'lacp/defaulted': {
    title: '{side}は {members} で LACP の相手をあきらめました',
    detail:
      '{side}は {first} から Defaulted です。Expired の後 3 秒間、LACPDU を受け入れていません。LACPDU が再び届くまで、このポートは LAG から外れます。',
  },
  'lacp/key-mismatch': {
    title: '{side}のポートが別々のアグリゲータに分かれ、{members} は参加できません',
    detail:
      '{side}は LAG のメンバーごとに異なるキーを通知しています（{keys}）。期待値は一つのキーです。キーの異なるポートは一つの LAG になりません。遊んでいるのは {members} です。',
  },
  'lacp/split-partner': {
    title: '{members} は LAG の他のメンバーとは別の相手システムにつながっています',
    detail:
      '{members} の先のシステムは {odd}、{rest} の先は {main} です。期待値は全メンバーで同じ相手です。別のスイッチか別のチャネルグループに挿さっているか、二台のスイッチがシステム ID を共有していません（MLAG、vPC、スタック）。',
  },
  'lacp/loopback': {
    title: '{members} は自分自身のシステムを受信しています',
    detail:
      '{members} で受信した LACPDU は、そこで送信しているシステム {system} 自身のものです。期待値は別のシステムです。ループがあるか、同じシステムの二つのポートがつながっています。',
  },
  'lacp/duplicate-port': {
    title: '二つのメンバーが同じポート番号を通知しています: {members}',
    detail: '{side}は {members} でポート {port}（優先度 {priority}）を通知しています。期待値はポートごとに別の番号です。',
  },
  'lacp/both-passive': {
    title: '{members} では LACP が両側とも passive です',
    detail: 'どちらの側も Activity を立てていません。期待値は少なくとも片側で Activity です。片側を active にしてください。',
  },
  'pagp/instead-of-lacp': {
    title: '{members} で LACP の代わりに PAgP が使われています',
    detail:
      '相手側は PAgP（{count} フレーム）を送り、LACPDU を送っていません。期待値は LACP です。チャネルグループを active にしてください。',
  },
  'bond/one-way-member': {
    title: '{members} は受信するだけで送信せず、データが失われています',
    detail:
      '相手側はデータの {share}（{packets} パケット）を {members} へ送っていますが、{side}はそこで送信せず、自身の LACP では LAG に入っていません。期待値は両側が使うメンバーだけにデータがあることです。',
  },
  'bond/ends-disagree-active': {
    title: '両端のアクティブなメンバーが違います: a側は {sends}、b側は {listens}',
    detail:
      '{first} から {last} まで（{seconds} 秒）、a側は {sends} で {packets} フレームを送りましたが応答がなく、その間 b側は {listens} にいました。期待値は両側が同じメンバーを使うことです。両側で経路を監視する（arp_interval と arp_ip_target、arp_validate all）か、LACP を使ってください。',
  },
  'bond/failover-blackhole': {
    title: '{side}は、もう応答のない {members} で送信を続けています',
    detail:
      '{first} 以降、{side}が {members} で送ったものには一つも応答がありません（{seconds} 秒、{count} 会話）。他のメンバー経由では同じ局が応答しています。期待値は、故障したメンバーを使わなくなることです。',
  },
  'bond/aggregator-mismatch': {
    title: '{members} はアクティブでないアグリゲータにいます',
    detail: '状態テキストでは {members} はアグリゲータ {odd}、アクティブなのは {active} です。期待値は一つのアグリゲータです。',
  },
  'hash/mismatch': {
    title: '{side}: {total} パケット中 {wrong} が {policy} の示すメンバーと異なります',
    detail:
      '{policy} の予測は {side}の {total} パケット中 {match} で一致します。期待値は全部です。ポリシー、メンバーの順序、バージョンをトラフィックの示すもの（lacpviz infer）と比べてください。',
  },
  'hash/policy-differs-from-state': {
    title: '{side}は {inferred} で振り分けていますが、状態テキストは {stated} です',
    detail:
      '{path} の {stated} はトラフィックと合いません。{total} パケット中 {match} は {inferred} のとおりです。期待値は設定されたポリシーです。',
  },
  'hash/policy-changed': {
    title: '{side}のポリシーがキャプチャ中に {before} から {after} へ変わりました',
    detail:
      '{since} まで{side}のフレームは {before}、以後は {after} に従います。{total} パケット中 {match} がその時のポリシーのとおりです。期待値は一つのポリシーです。変更すると通信中のフローが別のメンバーへ移ります。',
  },
  'hash/fragments-split': {
    title: '{side}のフラグメントは元のパケットと別に振り分けられます',
    detail:
      '{side}の {count} パケットはフラグメントです。{policy} はポートを見ますが、全フラグメントにポートがあるわけではないので、一つの会話が二つのメンバーを使うことがあります。このポリシーでは正常です。',
  },
  'hash/unpredictable': {
    title: '{side}の {packets} パケットはどのフィールドにも従いません',
    detail:
      '{side}の {total} パケット中 {packets} はキャプチャから予測できません。送信側だけが知る値（ソケット、鍵）を使うポリシーでは正常です。',
  },
  'lacp/no-pdus': {
    title: 'どのメンバーにも LACPDU がありません',
    detail:
      'どのキャプチャにも LACPDU がありません。期待値は active な側から 30 秒に一つ以上です。両側が passive か、LACP が無効か、キャプチャに含まれていません。',
  },
  'lacp/rate-violated': {
    title: '{side}は {members} で LACPDU を送る間隔が長すぎます',
    detail: '{side}の LACPDU の最大間隔は {max} 秒です。相手側は {expected} 秒ごとを求め、{timeout} 秒で失効します。',
  },
  'lacp/not-synchronized': {
    title: '{side}は {members} で同期していません',
    detail:
      '{side}は {members} の相手を知っていますが、{since} から Synchronization を立てません（状態 {state}）。期待値は数秒での同期です。別のキー、リンク数の上限、または保留が考えられます。',
  },
  'lacp/not-distributing': {
    title: '{members} は同期していますが、送信（Distributing）していません',
    detail: '{side}は {since} から {members} で {state} です。期待値は Collecting と Distributing です。mux が相手側を待っています。',
  },
  'lacp/individual': {
    title: '{members} は LAG の外で単独で動いています',
    detail: '{side}は状態 {state} のまま {members} で送信しています。期待値は相手との集約です。',
  },
  'lacp/flap': {
    title: '{members} の LACP が上がったり下がったりしています',
    detail: '{members} は {first} から {last} までに {count} 回、同期または相手を失いました（約 {every} 秒ごと）。期待値は 0 回です。',
  },
  'lacp/stale-partner-view': {
    title: '{side}の {members} の相手情報が古いままです',
    detail: '{side}は相手を {believed} としていますが、相手側は {members} で {real} を通知しています。期待値は最後に通知されたものです。',
  },
  'lacp/tagged-pdu': {
    title: '{members} に VLAN タグ付きの LACPDU があります',
    detail: '{members} の {count} 個の LACPDU に VLAN タグがあります。期待値は 0 です。標準のポートは受け付けません。',
  },
  'lacp/third-system': {
    title: '{members} で第三の LACP システムが見えます',
    detail:
      '両端のほかにシステム {system} が {members} で LACPDU を送っています（{count} 個）。期待値は一本のリンクに二つのシステムです。途中のスイッチが 01:80:c2:00:00:02 を転送しています。',
  },
  'lacp/actor-changed': {
    title: '{side}の {members} で LACP の識別情報が変わりました',
    detail:
      '{since} に {side}の {members} でシステム、キー、またはポートが変わりました。期待値は変わらないことです。変わるたびに相手側は選択をやり直します。',
  },
  'lacp/data-while-not-distributing': {
    title: '{side}は LACP が許していない {members} でデータを送っています',
    detail: '{side}は自身の LACPDU で一度も Distributing を示していない {members} で {packets} パケットを送っています。期待値は 0 です。',
  },
  'lacp/malformed-pdu': {
    title: '壊れた LACPDU が {count} 個あります',
    detail: '{members} の {count} 個の LACPDU を読み取れません。期待値は 0 です。',
  },
  'lacp/timeout-mismatch': {
    title: '両端の求める LACP の間隔が違います',
    detail: 'a側は {a} 秒ごと、b側は {b} 秒ごとの LACPDU を求めています。許されますが、片方向の障害に気づくのは {slow} 秒後です。',
  },
  'lacp/standby': {
    title: '{members} は待機中です',
    detail: '相手とキーは合っていますが、{side}は {members} を控えにしています。リンク数の上限を超えているか、優先度が低いためです。',
  },
  'bond/duplicate-mac': {
    title: '{members} が同じ MAC アドレスから送信しています',
    detail:
      '{members} の LACPDU はどれも {mac} から来ています。期待値はメンバーごとに別の固有アドレスです。スイッチは一つのポートでしか学習しません。',
  },
  'bond/member-silent': {
    title: '{members} にはフレームが一つもありません',
    detail: '他のメンバーにはフレームがあるのに、{members} にはどちら側のフレームもありません。期待値は少なくとも LACPDU です。',
  },
  'bond/failover': {
    title: '{members} が使われなくなりました',
    detail: '{members} の喪失前の最後のフレームは {since} です。期待値はずっと使われることです。データは他のメンバーへ移りました。',
  },
  'bond/no-link-speed': {
    title: '{members} のリンク速度が分かりません',
    detail:
      '{path} の {line} 行目に {members} の速度がありません。期待値はリンクの速度です。LACP はそこからキーを作るので、このポートはどのアグリゲータにも入れません。',
  },
  'bond/link-failures': {
    title: '{members} は以前リンクを失っています',
    detail: '{path} の {line} 行目で {members} のリンク障害回数が 0 ではありません。期待値は 0 です。',
  },
  'bond/churned': {
    title: '{members} の LACP が収束していません',
    detail: '{path} の {line} 行目では {members} は 60 秒以上同期していません。期待値は数秒での同期です。',
  },
  'balance/one-member': {
    title: '{side}のデータはすべて {members} にあります',
    detail: '{side}の {flows} フローはすべて {members} から出て、他のメンバーは空です。',
  },
  'balance/skewed': {
    title: '{side}のメンバー負荷は偶然では説明できないほど偏っています',
    detail:
      '最も重いメンバーは {side}の平均の {ratio} 倍です。理想のハッシュがそこまで偏る確率は {p} です。最も重いフローと、どのフィールドが変化しているかを見てください（lacpviz plan）。',
  },
  'balance/chance': {
    title: '{side}の偏りは偶然の範囲です',
    detail:
      '最も重いメンバーは {side}の平均の {ratio} 倍です。同じ {flows} フローの理想のハッシュでも {p} の場合にそれ以上偏ります。ハッシュの欠陥ではありません。',
  },
  'balance/few-flows': {
    title: '{side}のフローが少なすぎて均等になりません',
    detail: 'メンバー {count} 本にフローは {flows} です。理想のハッシュでも偏ります。期待値は {wanted} 以上です。',
  },
  'balance/polarised': {
    title: '{side}には前段のハッシュで選ばれたフローが来ています',
    detail:
      '{policy} のハッシュ値 {values} 種類がメンバーに {counts} と分かれています。期待値は均等です。二つの段に別のフィールド、シード、ポリシーを使ってください。',
  },
  'balance/microburst': {
    title: 'LAG に余裕がある間に {members} は {ms} ミリ秒間いっぱいでした',
    detail:
      '{window} ミリ秒の窓で {members} は最大 {peak}、全メンバーの合計は {lag} でした。期待値は LAG に余裕があればどのメンバーもいっぱいにならないことです。',
  },
  'balance/even-ports': {
    title: '{side}のポートは奇偶がそろっており、{policy} は最下位ビットをそのまま使います',
    detail:
      '{flows} フローが使うメンバーは {members} 本中 {used} 本です。この版の {policy} はポートの最下位ビットをそのまま選択に使います。奇数と偶数のポートを混ぜてください。',
  },
  'balance/tunnel-hides-flows': {
    title: '{tunnel} が {side}のバイトの {share} をハッシュから隠しています',
    detail: '{tunnel} は {side}のバイトの {share} を、ハッシュ値 {hashes} 種類だけで運んでいます。期待値はメンバー数より多い値です。',
  },
  'balance/elephant': {
    title: '一つのフローが {side}のバイトの {share} を占めています',
    detail: '{flows} フロー中最大のものが {side}のバイトの {share} です。どのポリシーでも一つのフローは一つのメンバーに留まります。',
  },
  'balance/single-mac-pair': {
    title: '{side}は MAC アドレスで振り分けますが、その組は一つだけです',
    detail:
      '{policy} は MAC アドレスを見ますが、{side}の {flows} フローはすべて同じ組なので一つのメンバーに集まります。期待値はメンバー数以上の組です。より深く見るポリシー: {deeper}。',
  },
  'path/reordered': {
    title: '{side}の {total} セグメント中 {late} が別のメンバーで追い越されました',
    detail:
      '{side}の {flows} フローで TCP セグメント {late} 個が後続より遅れて届きました（最大 {longest} ミリ秒）。期待値は一つのフローが一つのメンバーで順番どおり届くことです。フローを分けないポリシーを使ってください（balance-rr は不可）。',
  },
  'path/asymmetric': {
    title: '{total} 会話中 {count} は行きと帰りで別のメンバーを使っています',
    detail:
      '会話の {share} では応答が要求と別のメンバーを通ります。各側が自分で選ぶので、これは正常です。一つのメンバーだけのキャプチャには半分しか写りません。',
  },
  'ovs/bucket-mismatch': {
    title: '{side}の {told} バケット中 {count} 個が状態テキストと違うリンクにあります',
    detail: 'テキストの示すリンクが期待値ですが、バケット {buckets} は他のリンクでしか見られません。別の時点か別のボンドのテキストです。',
  },
  'ovs/rebalanced': {
    title: 'Open vSwitch は{side}のバケットを {count} 回移動しました',
    detail:
      '{rounds} 回の再配分(間隔 {interval} 秒の倍数)でバケット {buckets} が移りました。負荷分散が有効なら正常で、順序の入れ替わりはありえます。',
  },
  'hash/hidden-input': {
    title: '{side}では {policy} が見ない {field} がリンクを決めています',
    detail: '{policy} では区別できない {groups} 組 {flows} フローが {field} ごとに別のリンクを使います。期待値は組ごとに一つのリンクです。',
  },
  'ovs/frozen-map': {
    title: '{side}のバケット表は一度も動かず、すべて {members} です',
    detail:
      'Open vSwitch は {members} しか使えなかったときに全バケットを割り当て、その後動かしていません。期待値は負荷に応じた再配分です。',
  },
  'ovs/absurd-load': {
    title: 'Open vSwitch がリンクでは運べない負荷を表示しています',
    detail: '{path} の {line} 行目の負荷はどのリンクでも運べません。期待値はリンク速度以下です。',
  },
  'ovs/ignored-key': {
    title: 'Open vSwitch が知らないキーが設定されています',
    detail: '{path} の {line} 行目のキーを Open vSwitch は黙って無視します。期待値は ovs-vswitchd.conf.db(5) にあるキーです。',
  },
  'capture/truncated': {
    title: 'キャプチャがパケットの途中で切れています',
    detail: '{path} はパケットの途中で終わっています。期待値は完全なファイルです。その前までは数えています。',
  },
  'capture/corrupt': { title: 'キャプチャに壊れた記録があります', detail: '{path} に壊れた記録が {count} 個あります。期待値は 0 です。' },
  'capture/empty': {
    title: 'パケットのないキャプチャです',
    detail: '{path} には正しいヘッダがありますがパケットがありません。期待値は一つ以上です。',
  },
  'capture/dropped': {
    title: 'キャプチャが {count} フレームを取りこぼしました',
    detail: '{path} の統計では {count} フレームが失われています。期待値は 0 です。集計にはその分がありません。',
  },
  'capture/missing-member': {
    title: '{members} のキャプチャがありません',
    detail: '状態テキストには {members} がありますが、キャプチャがありません。期待値は全メンバーのキャプチャです。',
  },
  'capture/disjoint-times': {
    title: 'キャプチャの時間が重なっていません',
    detail: '{first} は {second} が始まる前に終わっています。期待値は全メンバーの同時キャプチャです。',
  },
  'capture/several-links': {
    title: '{members} の1つのキャプチャに {count} 本のリンクがあります',
    detail:
      'システム {system} のポート {ports} の LACPDU が交互に現れます。期待値はリンクごとに1つのキャプチャです。データフレームがどのリンクのものかは分かりません。',
  },
  'capture/uneven-times': {
    title: '{members} は全時間キャプチャされていません',
    detail:
      'その間に他のメンバーでは {packets} フレームがあります。期待値は最初から最後まで全メンバーのキャプチャです。キャプチャの外のことは分かりません。ファイルの終わりはリンクの喪失を意味しません。',
  },
  'capture/one-direction': {
    title: 'キャプチャには{side}しかありません',
    detail: '{side}の {packets} パケットだけで、反対側のデータがありません。期待値は両方向です。',
  },
  'capture/snap-length-too-short': {
    title: 'スナップ長がハッシュの入力を切り落としています',
    detail: '{side}の {packets} パケットは予測できません。期待値は 1 フレーム 128 バイト以上、トンネルでは 256 です。',
  },
  'capture/duplicate-frames': {
    title: 'フレームの {share} が二重に記録されています',
    detail:
      '{path}: {total} フレーム中 {count} が直前のフレームと同一です。期待値は一回ずつです。各ポートの片方向だけ、または一つのポートの両方向をミラーしてください。',
  },
  'capture/bond-device': {
    title: '{name} は bond 自体なので、そのキャプチャは除きました',
    detail: '{path} は全メンバーのフレームをもう一度示すだけで、どのメンバーかを示しません。期待値はメンバーごとのキャプチャです。',
  },
  'capture/clock-skew': {
    title: '{early} と {late} の時計が約 {seconds} ずれています',
    detail:
      '時刻では応答が要求より前になっています（{pairs} 組）。期待値は一つの時計です。{late} の時計が {early} より約 {seconds} 進んでいます。',
  },
  'capture/offload-frames': {
    title: '{bytes} バイトのフレーム: NIC の分割より上で採取されています',
    detail: '{bytes} バイト以上のフレームがあります。MTU 1500 での期待値は 1514 以下です。パケットは線路上より少なく長くなっています。',
  },
  'config/mixed-slaves-and-master': {
    title: 'bond-slaves と bond-master が混在しています',
    detail: '{path} の {line} 行目で bond-slaves と bond-master が混在しています。期待値はどちらか一方です。',
  },
  'config/slave-not-auto': {
    title: '{members} は起動時に上がりません',
    detail: '{path} の {line} 行目の {members} に auto がありません。期待値はメンバーごとの auto です。',
  },
  'config/address-on-manual': {
    title: 'manual のインタフェースにアドレスがあります',
    detail: '{path} の {line} 行目は manual なのにアドレスがあります。期待値は static です。',
  },
  'config/bridge-ovs-mix': {
    title: 'Linux ブリッジと Open vSwitch が混在しています',
    detail: '{path} の {line} 行目で Linux ブリッジと Open vSwitch が混在しています。期待値はどちらか一方です。',
  },
  'config/missing-miimon': {
    title: 'bond がリンクを監視していません',
    detail: '{path} の {line} 行目に miimon がありません。期待値は例えば miimon 100 です。',
  },
  'config/default-policy': {
    title: '送信ハッシュポリシーが未設定で、既定値が使われます',
    detail: '{path} の {line} 行目にポリシーの指定がありません。指定しなければ layer2 です。',
  },
};
