/** What the service says of the kinds of documents that are shown to whoever types facts from the paper. */
export const FACT_TYPES = {
  items: [
    {
      type: 'HA-MC',
      title: { en: 'Medical Certificate', 'zh-Hant': '醫生證明書', 'zh-Hans': '医生证明书' },
      department: { code: 'HA', name: { en: 'Hospital Authority', 'zh-Hant': '醫院管理局', 'zh-Hans': '医院管理局' } },
      facts: [
        {
          name: 'patientName',
          label: { en: 'Name of patient', 'zh-Hant': '病人姓名', 'zh-Hans': '病人姓名' },
          kind: 'text',
          last: null,
        },
        {
          name: 'leaveFrom',
          label: { en: 'Leave from', 'zh-Hant': '病假開始日期', 'zh-Hans': '病假开始日期' },
          kind: 'date',
          last: null,
        },
      ],
    },
  ],
};
