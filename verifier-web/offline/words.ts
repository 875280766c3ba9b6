import type { Language } from '../../ui/language.ts';

/** What is said of what this device keeps. `{name}` stands for a value. */
export interface KeepingWords {
  heading: string;
  /** While it is fresh, too old, and not there at all. */
  fresh: string;
  old: string;
  none: string;
  /** Where nothing has been issued, there is no block to name. */
  freshEmpty: string;
  refresh: string;
  refreshing: string;
  remove: string;
  /** Why it could not be refreshed. */
  failure: {
    unreachable: string;
    untrusted: string;
    disagreed: string;
    older: string;
    tooLarge: string;
    notStored: string;
  };
  pageFailed: string;
  /** Departments and kinds of documents. */
  known: { heading: string; about: string; none: string };
}

const en: KeepingWords = {
  heading: 'For places without a network',
  fresh: 'The register on this device is as of {time}, block {block}: {age}.',
  old: 'The register on this device is too old: as of {time}, block {block}, {age}. Without a network, nothing can be called in force any more. Go online and refresh it.',
  none: 'Nothing of the register is on this device yet. Without a network, no document can be checked. Go online and refresh it.',
  freshEmpty: 'The register on this device is as of {time}: {age}. Nothing had been issued by then.',
  refresh: 'Refresh',
  refreshing: 'Reading the register … {count} pages so far.',
  remove: 'Remove from this device',
  failure: {
    unreachable:
      'It could not be refreshed: too few of the register’s computers could be reached. What was here stays.',
    untrusted: 'It could not be refreshed: the list of trust could not be loaded. What was here stays.',
    disagreed:
      'It could not be refreshed: the register’s computers gave no answer that can be used. What was here stays.',
    older: 'It could not be refreshed: the register’s computers told of an older state. What was here stays.',
    tooLarge: 'It was not refreshed: the register has grown too large for a device. What was here stays.',
    notStored: 'This browser stores nothing here: its storage is full or switched off. What was here stays.',
  },
  pageFailed: 'The page itself could not be put on this device. Go online and refresh.',
  known: {
    heading: 'Departments and documents that are known on this device',
    about:
      'Documents of these kinds, from these departments, can be checked without a network. Of any other, nothing can be said here.',
    none: 'No department is known on this device yet. Go online and refresh.',
  },
};

const zhHant: KeepingWords = {
  heading: '供沒有網絡時使用',
  fresh: '這部裝置上的登記冊截至{time}，區塊 {block}（{age}）。',
  old: '這部裝置上的登記冊已太舊：截至{time}，區塊 {block}（{age}）。沒有網絡時，再不能說任何文件現正有效。請連接網絡並更新。',
  none: '這部裝置尚未存有登記冊。沒有網絡時，不能核實任何文件。請連接網絡並更新。',
  freshEmpty: '這部裝置上的登記冊截至{time}（{age}）。當時尚未簽發任何文件。',
  refresh: '更新',
  refreshing: '正在讀取登記冊……已讀 {count} 頁。',
  remove: '從這部裝置移除',
  failure: {
    unreachable: '未能更新：能夠連接的登記冊節點數目不足。原有資料不變。',
    untrusted: '未能更新：無法載入信任清單。原有資料不變。',
    disagreed: '未能更新：登記冊節點沒有給出可用的答案。原有資料不變。',
    older: '未能更新：登記冊節點給出的狀況較這裏的更舊。原有資料不變。',
    tooLarge: '沒有更新：登記冊已太大，不宜載入裝置。原有資料不變。',
    notStored: '這個瀏覽器未能在此儲存資料：儲存空間已滿或已停用。原有資料不變。',
  },
  pageFailed: '未能把本頁存於這部裝置。請連接網絡並更新。',
  known: {
    heading: '這部裝置認識的部門及文件',
    about: '沒有網絡時，可核實以下部門的以下各類文件。至於其他文件，這裏未能提供任何資料。',
    none: '這部裝置尚未認識任何部門。請連接網絡並更新。',
  },
};

const zhHans: KeepingWords = {
  heading: '供没有网络时使用',
  fresh: '这台设备上的登记册截至{time}，区块 {block}（{age}）。',
  old: '这台设备上的登记册已太旧：截至{time}，区块 {block}（{age}）。没有网络时，不能再说任何文件有效。请连接网络并更新。',
  none: '这台设备还没有保存登记册。没有网络时，无法核验任何文件。请连接网络并更新。',
  freshEmpty: '这台设备上的登记册截至{time}（{age}）。当时尚未签发任何文件。',
  refresh: '更新',
  refreshing: '正在读取登记册……已读 {count} 页。',
  remove: '从这台设备移除',
  failure: {
    unreachable: '无法更新：能够连接的登记册节点数量不足。原有数据不变。',
    untrusted: '无法更新：无法加载信任列表。原有数据不变。',
    disagreed: '无法更新：登记册节点没有给出可用的答案。原有数据不变。',
    older: '无法更新：登记册节点给出的状态比这里的更旧。原有数据不变。',
    tooLarge: '没有更新：登记册已太大，不宜下载到设备。原有数据不变。',
    notStored: '这个浏览器无法在此保存数据：存储空间已满或已停用。原有数据不变。',
  },
  pageFailed: '无法将本页保存到这台设备。请连接网络并更新。',
  known: {
    heading: '这台设备认识的部门和文件',
    about: '没有网络时，可以核验以下部门的以下各类文件。至于其他文件，这里无法提供任何信息。',
    none: '这台设备还不认识任何部门。请连接网络并更新。',
  },
};

export const KEEPING_WORDS: Record<Language, KeepingWords> = { en, 'zh-Hant': zhHant, 'zh-Hans': zhHans };
