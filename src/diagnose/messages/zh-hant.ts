import type { Translation } from './translation.ts';

/** Traditional Chinese. */
export const ZH_HANT: Translation = {
  'lacp/no-partner': {
    title: '{side}在 {members} 上沒有 LACP 對端',
    detail:
      '自 {since} 起，{side}送出的 LACPDU 沒有對端（系統 00:00:00:00:00:00，Defaulted）；應為另一端的系統。首先請確認另一端是否把這些連接埠放在同一個 LACP 通道群組。',
  },
  'lacp/one-way': {
    title: '{members} 上的 LACPDU 只能單向通過',
    detail:
      '兩端都送出 LACPDU，但{side}從未認出另一端（擷取檔中有另一端的 {heard} 個 LACPDU）；應互相認出。可能是過濾、橋接、虛擬交換器，或丟棄 01:80:c2:00:00:02 的驅動程式。',
  },
  'lacp/expired': {
    title: '{side}在 {members} 上失去了 LACP 對端',
    detail:
      '{side}自 {first} 起為 Expired（共 {count} 次）；應每 {period} 秒收到另一端的一個 LACPDU。故障在朝向{side}的方向：{side}本身仍在送出。',
  },
  'lacp/defaulted': {
    title: '{side}在 {members} 上放棄了 LACP 對端',
    detail: '{side}自 {first} 起為 Defaulted：Expired 之後 3 秒內沒有接受任何 LACPDU。在 LACPDU 再次到達之前，此連接埠不屬於聚合群組。',
  },
  'lacp/key-mismatch': {
    title: '{side}把連接埠分到不同的聚合器：{members} 無法加入',
    detail: '{side}在群組成員上宣告不同的金鑰（{keys}）；應為同一個金鑰。金鑰不同的連接埠不會成為同一個群組；閒置的是 {members}。',
  },
  'lacp/split-partner': {
    title: '{members} 連到的對端系統與群組其他成員不同',
    detail:
      '{members} 另一頭的系統是 {odd}，{rest} 另一頭是 {main}；所有成員應為同一個對端。線接到了另一台交換器或另一個通道群組，或兩台交換器沒有共用系統識別碼（MLAG、vPC、堆疊）。',
  },
  'lacp/loopback': {
    title: '{members} 收到自己的系統',
    detail: '{members} 上收到的 LACPDU 來自在此送出的系統 {system} 本身；應為另一個系統。線路成環，或同一系統的兩個連接埠互接。',
  },
  'lacp/duplicate-port': {
    title: '兩個成員宣告同一個連接埠號碼：{members}',
    detail: '{side}在 {members} 上都宣告連接埠 {port}（優先權 {priority}）；每個連接埠應有自己的號碼。',
  },
  'lacp/both-passive': {
    title: '{members} 上的 LACP 兩端都是 passive',
    detail: '兩端都沒有設定 Activity；至少一端應設定。沒有人會主動送出：請把一端改為 active。',
  },
  'pagp/instead-of-lacp': {
    title: '{members} 上使用的是 PAgP 而不是 LACP',
    detail: '另一端送出 PAgP（{count} 個訊框），沒有 LACPDU；應為 LACP。請把其通道群組改為 active。',
  },
  'bond/one-way-member': {
    title: '{members} 只收不送，資料因此遺失',
    detail:
      '另一端把 {share} 的資料（{packets} 個封包）送到 {members}，而{side}在那裡不送任何資料，依其 LACP 也不屬於群組；資料應只走兩端都使用的成員。',
  },
  'bond/ends-disagree-active': {
    title: '兩端的作用中成員不同：a 端在 {sends} 送出，b 端在 {listens}',
    detail:
      '從 {first} 到 {last}（{seconds} 秒），a 端在 {sends} 送出 {packets} 個訊框而沒有回應，其間 b 端出現在 {listens}；兩端應使用同一個成員。請讓兩端都監看路徑（arp_interval 與 arp_ip_target、arp_validate all），或使用 LACP。',
  },
  'bond/failover-blackhole': {
    title: '{side}仍在已無回應的 {members} 上送出',
    detail:
      '{first} 之後，{side}在 {members} 上送出的都沒有回應（{seconds} 秒、{count} 個對話），而同樣的站台在其他成員上仍有回應；傳送端應離開故障的成員。',
  },
  'bond/aggregator-mismatch': {
    title: '{members} 不在作用中的聚合器',
    detail: '狀態文字顯示 {members} 在聚合器 {odd}，作用中的是 {active}；應為同一個聚合器。',
  },
  'hash/mismatch': {
    title: '{side}：{total} 個封包中有 {wrong} 個不在 {policy} 所指的成員',
    detail:
      '{policy} 的預測在{side}的 {total} 個封包中符合 {match} 個；應全部符合。請把策略、成員順序和版本與流量顯示的結果比較（lacpviz infer）。',
  },
  'hash/policy-differs-from-state': {
    title: '{side}實際以 {inferred} 分配，狀態文字卻是 {stated}',
    detail: '流量否定了 {path} 中的 {stated}：{total} 個封包中有 {match} 個符合 {inferred}；應為所設定的策略。',
  },
  'hash/policy-changed': {
    title: '{side}的策略在擷取期間由 {before} 改為 {after}',
    detail:
      '{since} 之前{side}的訊框依 {before}，之後依 {after}；{total} 個封包中有 {match} 個符合當時的策略。應只有一個策略；更改會使進行中的流移到其他成員。',
  },
  'hash/fragments-split': {
    title: '{side}的分片與完整封包分開分配',
    detail: '{side}有 {count} 個封包是分片；{policy} 會看連接埠，而並非每個分片都有，因此一個對話可能使用兩個成員。此策略下屬正常。',
  },
  'hash/unpredictable': {
    title: '{side}的 {packets} 個封包不依任何欄位分配',
    detail: '{side}的 {total} 個封包中有 {packets} 個無法由擷取檔預測；對使用只有傳送端知道之值（socket、金鑰）的策略屬正常。',
  },
  'lacp/no-pdus': {
    title: '任何成員上都沒有 LACPDU',
    detail: '沒有任何擷取檔含有 LACPDU；active 端應至少每 30 秒送出一個。兩端都是 passive、LACP 未啟用，或擷取時未包含。',
  },
  'lacp/rate-violated': {
    title: '{side}在 {members} 上送出 LACPDU 的間隔過長',
    detail: '{side}的 LACPDU 最長間隔為 {max} 秒；另一端要求每 {expected} 秒一個，{timeout} 秒後逾時。',
  },
  'lacp/not-synchronized': {
    title: '{side}在 {members} 上未同步',
    detail:
      '{side}知道 {members} 上的對端，但自 {since} 起一直沒有設定 Synchronization（狀態 {state}）；應在數秒內同步。可能是金鑰不同、超過允許的鏈路數，或被保留。',
  },
  'lacp/not-distributing': {
    title: '{members} 已同步但未分送資料',
    detail: '{side}自 {since} 起在 {members} 上為 {state}；應為 Collecting 與 Distributing。其 mux 在等待另一端。',
  },
  'lacp/individual': {
    title: '{members} 在群組之外單獨運作',
    detail: '{side}以狀態 {state} 在 {members} 上送出資料；應與對端聚合。',
  },
  'lacp/flap': {
    title: '{members} 上的 LACP 反覆中斷',
    detail: '{members} 在 {first} 到 {last} 之間失去同步或對端 {count} 次，約每 {every} 秒一次；應為零次。',
  },
  'lacp/stale-partner-view': {
    title: '{side}在 {members} 上的對端資訊過時',
    detail: '{side}認為對端是 {believed}，但另一端在 {members} 上宣告 {real}；應為最後宣告的內容。',
  },
  'lacp/tagged-pdu': {
    title: '{members} 上有帶 VLAN 標籤的 LACPDU',
    detail: '{members} 上有 {count} 個 LACPDU 帶 VLAN 標籤；應為零，標準連接埠不接受。',
  },
  'lacp/third-system': {
    title: '{members} 上出現第三個 LACP 系統',
    detail:
      '除兩端之外，系統 {system} 也在 {members} 上送出 LACPDU（{count} 個）；一條鏈路應只有兩個系統。中間的交換器轉送了 01:80:c2:00:00:02。',
  },
  'lacp/actor-changed': {
    title: '{side}在 {members} 上的 LACP 識別已改變',
    detail: '{since} 時{side}在 {members} 上的系統、金鑰或連接埠改變；應保持不變。每次改變都會使另一端重新選擇。',
  },
  'lacp/data-while-not-distributing': {
    title: '{side}在 LACP 不允許的 {members} 上送出資料',
    detail: '{side}在 {members} 上有 {packets} 個資料封包，而其 LACPDU 從未表示 Distributing；應為零。',
  },
  'lacp/malformed-pdu': { title: '有 {count} 個損壞的 LACPDU', detail: '{members} 上有 {count} 個 LACPDU 無法讀取；應為零。' },
  'lacp/timeout-mismatch': {
    title: '兩端要求的 LACP 間隔不同',
    detail: 'a 端要求每 {a} 秒、b 端要求每 {b} 秒一個 LACPDU；這是允許的，但單向故障要 {slow} 秒後才會發現。',
  },
  'lacp/standby': {
    title: '{members} 處於待命',
    detail: '對端與金鑰都符合，但{side}保留 {members}：超過允許的鏈路數，或優先權較低。',
  },
  'bond/duplicate-mac': {
    title: '{members} 使用同一個 MAC 位址送出',
    detail: '{members} 上的 LACPDU 都來自 {mac}；每個成員應有自己的固定位址。交換器只會在一個連接埠學到它。',
  },
  'bond/member-silent': {
    title: '{members} 上沒有任何訊框',
    detail: '其他成員有訊框，{members} 上卻沒有任何一端的訊框；至少應有 LACPDU。',
  },
  'bond/failover': {
    title: '{members} 停止使用',
    detail: '{members} 中斷前的最後一個訊框在 {since}；應一直使用。資料已移到其他成員。',
  },
  'bond/no-link-speed': {
    title: '{members} 沒有鏈路速率',
    detail: '{path} 第 {line} 行沒有 {members} 的速率；應有鏈路的速率。LACP 由速率得出金鑰，這樣的連接埠不會加入任何聚合器。',
  },
  'bond/link-failures': { title: '{members} 曾經斷線', detail: '{path} 第 {line} 行中 {members} 的斷線次數不為零；應為零。' },
  'bond/churned': { title: '{members} 上的 LACP 無法收斂', detail: '依 {path} 第 {line} 行，{members} 超過 60 秒未同步；應在數秒內同步。' },
  'balance/one-member': {
    title: '{side}的資料全部在 {members}',
    detail: '{side}的 {flows} 個流全部由 {members} 送出，其他成員沒有資料。',
  },
  'balance/skewed': {
    title: '{side}的成員負載不均超出偶然',
    detail: '最滿的成員是{side}平均的 {ratio} 倍；理想雜湊如此不均的機率為 {p}。請查看最大的流以及哪些欄位有變化（lacpviz plan）。',
  },
  'balance/chance': {
    title: '{side}的不均屬於偶然',
    detail: '最滿的成員是{side}平均的 {ratio} 倍；同樣 {flows} 個流的理想雜湊有 {p} 的情況至少同樣不均。雜湊沒有問題。',
  },
  'balance/few-flows': {
    title: '{side}的流太少，無法均衡',
    detail: '{count} 個成員上只有 {flows} 個流，理想雜湊也會不均；應有 {wanted} 個以上。',
  },
  'balance/polarised': {
    title: '{side}收到的流已被前一級雜湊挑選過',
    detail: '{policy} 的 {values} 個雜湊值在成員上為 {counts}；應平均。請讓兩級使用不同的欄位、種子或策略。',
  },
  'balance/microburst': {
    title: '群組仍有餘裕時，{members} 有 {ms} 毫秒是滿的',
    detail: '在 {window} 毫秒的時間窗內 {members} 最高達 {peak}，全部成員合計為 {lag}；群組未滿時任何成員都不應滿。',
  },
  'balance/even-ports': {
    title: '{side}的連接埠奇偶相同，而 {policy} 保留最低位元',
    detail: '{flows} 個流只使用 {members} 個成員中的 {used} 個：此版本的 {policy} 直接把連接埠的最低位元用於選擇。請混用奇數與偶數連接埠。',
  },
  'balance/tunnel-hides-flows': {
    title: '{tunnel} 使{side} {share} 的位元組對雜湊不可見',
    detail: '{tunnel} 承載{side} {share} 的位元組，卻只有 {hashes} 個雜湊值；應多於成員數。',
  },
  'balance/elephant': {
    title: '單一流占{side}位元組的 {share}',
    detail: '{flows} 個流中最大的占{side}位元組的 {share}；無論何種策略，一個流只走一個成員。',
  },
  'balance/single-mac-pair': {
    title: '{side}依 MAC 位址分配，而位址組只有一個',
    detail: '{policy} 看 MAC 位址，而{side}的 {flows} 個流都相同，因此全走一個成員；位址組應不少於成員數。看得更深的策略：{deeper}。',
  },
  'path/reordered': {
    title: '{side}的 {total} 個區段中有 {late} 個在不同成員上被超越',
    detail:
      '{side}有 {flows} 個流的 {late} 個 TCP 區段晚於其後的區段到達，最多晚 {longest} 毫秒；一個流應在一個成員上依序到達。請使用不拆分流的策略（不要用 balance-rr）。',
  },
  'path/asymmetric': {
    title: '{total} 個對話中有 {count} 個去回走不同成員',
    detail: '{share} 的對話中回應走的成員與請求不同；每端自行選擇成員，屬正常。只擷取一個成員只能看到一半。',
  },
  'ovs/bucket-mismatch': {
    title: '{side}的 {told} 個桶中有 {count} 個不在狀態文字所說的鏈路上',
    detail: '桶 {buckets} 只出現在其他鏈路上，應在文字所說的鏈路上；該文字屬於另一時刻或另一個聚合組。',
  },
  'ovs/rebalanced': {
    title: 'Open vSwitch 移動了{side}的桶 {count} 次',
    detail: '{rounds} 輪重新平衡（間隔為 {interval} 秒的倍數）移動了桶 {buckets}；啟用平衡時屬正常，訊框可能亂序。',
  },
  'hash/hidden-input': {
    title: '{side}由 {field} 決定鏈路，但 {policy} 並不看它',
    detail: '{policy} 無法區分的 {groups} 組共 {flows} 條流，依 {field} 走不同鏈路；每組應只用一條鏈路。',
  },
  'ovs/frozen-map': {
    title: '{side}的桶表從未變動，全部在 {members}',
    detail: 'Open vSwitch 在只有 {members} 可用時把所有桶分給它，之後從未移動；應依負載重新分配。',
  },
  'ovs/absurd-load': {
    title: 'Open vSwitch 顯示鏈路不可能承載的負載',
    detail: '{path} 第 {line} 行的負載超過任何鏈路；應不高於鏈路速率。',
  },
  'ovs/ignored-key': {
    title: '設定了 Open vSwitch 會忽略的鍵',
    detail: 'Open vSwitch 默默忽略 {path} 第 {line} 行的鍵；應為 ovs-vswitchd.conf.db(5) 中的鍵。',
  },
  'capture/truncated': { title: '擷取檔在封包中間結束', detail: '{path} 在封包中間結束；應為完整的檔案。之前的內容已計入。' },
  'capture/corrupt': { title: '擷取檔含有損壞的記錄', detail: '{path} 有 {count} 筆損壞的記錄；應為零。' },
  'capture/empty': { title: '擷取檔沒有任何封包', detail: '{path} 標頭正確但沒有封包；至少應有一個。' },
  'capture/dropped': {
    title: '擷取遺失了 {count} 個訊框',
    detail: '{path} 自己的統計顯示遺失 {count} 個訊框；應為零。統計中不含這些訊框。',
  },
  'capture/missing-member': { title: '沒有 {members} 的擷取檔', detail: '狀態文字列出 {members}，但沒有擷取檔；每個成員都應擷取。' },
  'capture/several-links': {
    title: '{members} 的同一個擷取檔含有 {count} 條鏈路',
    detail: '系統 {system} 的連接埠 {ports} 的 LACPDU 交替出現；每條鏈路應分別擷取。資料訊框屬於哪條鏈路無從得知。',
  },
  'capture/uneven-times': {
    title: '{members} 並非全程擷取',
    detail: '其他成員在這段時間有 {packets} 個訊框；所有成員應從頭到尾擷取。擷取之外的情況無從得知：檔案結束不代表鏈路中斷。',
  },
  'capture/disjoint-times': { title: '擷取檔的時間沒有重疊', detail: '{first} 在 {second} 開始之前就結束；所有成員應同時擷取。' },
  'capture/one-direction': { title: '擷取檔中只有{side}', detail: '只有{side}的 {packets} 個封包，沒有另一端的資料；應有兩個方向。' },
  'capture/snap-length-too-short': {
    title: '擷取長度截掉了雜湊所需的內容',
    detail: '{side}有 {packets} 個封包無法預測；每個訊框應至少擷取 128 位元組，有通道時 256。',
  },
  'capture/duplicate-frames': {
    title: '有 {share} 的訊框被記錄了兩次',
    detail:
      '{path}：{total} 個訊框中有 {count} 個與前一個完全相同；每個訊框應只有一次。請只鏡像每個連接埠的一個方向，或一個連接埠的兩個方向。',
  },
  'capture/bond-device': {
    title: '{name} 是 bond 本身，其擷取檔未計入',
    detail: '{path} 再次顯示所有成員的訊框，卻不知是哪個成員；應在每個成員上擷取。',
  },
  'capture/clock-skew': {
    title: '{early} 與 {late} 的時鐘相差約 {seconds}',
    detail: '依時間戳記，有 {pairs} 組回應早於請求；應為同一個時鐘。{late} 的時鐘比 {early} 快約 {seconds}。',
  },
  'capture/offload-frames': {
    title: '{bytes} 位元組的訊框：在網路卡分段之上擷取',
    detail: '擷取檔中有至少 {bytes} 位元組的訊框；MTU 1500 時應不超過 1514。封包比線路上少而長。',
  },
  'config/mixed-slaves-and-master': {
    title: '混用 bond-slaves 與 bond-master',
    detail: '{path} 第 {line} 行混用 bond-slaves 與 bond-master；應只用其一。',
  },
  'config/slave-not-auto': {
    title: '{members} 不會隨系統啟動',
    detail: '{path} 第 {line} 行的 {members} 沒有 auto；每個成員都應有 auto。',
  },
  'config/address-on-manual': { title: 'manual 介面上設定了位址', detail: '{path} 第 {line} 行為 manual 卻有位址；應為 static。' },
  'config/bridge-ovs-mix': {
    title: '混用 Linux 橋接與 Open vSwitch',
    detail: '{path} 第 {line} 行混用 Linux 橋接與 Open vSwitch；應只用其一。',
  },
  'config/missing-miimon': { title: 'bond 沒有監看鏈路', detail: '{path} 第 {line} 行沒有 miimon；應設定，例如 miimon 100。' },
  'config/default-policy': { title: '未設定傳送雜湊策略，使用預設值', detail: '{path} 第 {line} 行未設定策略；未設定時為 layer2。' },
};
