import type { SharedWords } from './dictionary.ts';

export const zhHant: SharedWords = {
  claim: {
    none: '沒有',
    yes: '是',
    no: '否',
    picture: '圖片，未載於二維碼。其指紋為：{fingerprint}',
    item: '項目',
    quantity: '數量',
    class: '類別',
    validFrom: '生效日期',
    validUntil: '有效期至',
    endorsement: '批註',
    date: '日期',
    subject: '科目',
    grade: '等級',
    hongKongDollars: '港幣 {amount} 元',
  },
  reason: {
    0: '沒有提供原因',
    1: '應持有人要求',
    2: '業務或活動已終止',
    3: '違反條件',
    4: '以虛假資料取得',
    5: '錯誤簽發',
    6: '已被取代',
    7: '法院或審裁處命令',
    8: '其他公開原因',
  },
};
