import type { SharedWords } from './dictionary.ts';

export const zhHans: SharedWords = {
  claim: {
    none: '没有',
    yes: '是',
    no: '否',
    picture: '图片，未载于二维码。其指纹为：{fingerprint}',
    item: '项目',
    quantity: '数量',
    class: '类别',
    validFrom: '生效日期',
    validUntil: '有效期至',
    endorsement: '批注',
    date: '日期',
    subject: '科目',
    grade: '等级',
    hongKongDollars: '港币 {amount} 元',
  },
  reason: {
    0: '没有提供原因',
    1: '应持有人要求',
    2: '业务或活动已终止',
    3: '违反条件',
    4: '以虚假资料取得',
    5: '错误签发',
    6: '已被取代',
    7: '法院或审裁处命令',
    8: '其他公开原因',
  },
};
