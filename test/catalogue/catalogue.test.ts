import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { loadCatalogue } from '../../catalogue/catalogue.ts';

describe('loadCatalogue', () => {
  it('loads 51 types of 26 departments, sorted by code', () => {
    const { types, departments } = loadCatalogue();
    expect(types).to.have.length(51);
    expect(departments).to.have.length(26);
    for (const list of [types, departments]) {
      const codes = list.map((file) => file.code);
      expect(codes).to.deep.equal([...codes].sort());
      expect(new Set(codes).size).to.equal(codes.length);
    }
  });

  it('gives each file with its bytes as they stand on disk and their SHA-256', async () => {
    const licence = loadCatalogue().types.find((type) => type.code === 'FEHD-GRL');
    const bytes = readFileSync('catalogue/types/FEHD-GRL.json');
    expect(Buffer.from(licence?.bytes ?? [])).to.deep.equal(bytes);
    expect(licence?.sha256).to.equal(Buffer.from(await crypto.subtle.digest('SHA-256', bytes)).toString('hex'));
  });

  describe('on a folder that was changed', () => {
    let folder: string;
    const load = () => loadCatalogue(pathToFileURL(`${folder}/`));
    const change = (file: string, edit: (json: Record<string, unknown>) => void, name = file) => {
      const json = JSON.parse(readFileSync(join(folder, file), 'utf8'));
      edit(json);
      writeFileSync(join(folder, name), JSON.stringify(json));
    };

    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'catalogue-'));
      cpSync('catalogue/types', join(folder, 'types'), { recursive: true });
      cpSync('catalogue/lifecycles', join(folder, 'lifecycles'), { recursive: true });
      cpSync('catalogue/looks', join(folder, 'looks'), { recursive: true });
      cpSync('catalogue/look-ups', join(folder, 'look-ups'), { recursive: true });
      cpSync('catalogue/departments', join(folder, 'departments'), { recursive: true });
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    it('loads a second version of a type from a file of its own, after the first', () => {
      change('types/TD-DL.json', (json) => Object.assign(json, { version: 2 }), 'types/TD-DL.2.json');
      const versions = load().types.filter((type) => type.code === 'TD-DL');
      expect(versions.map((type) => type.version)).to.deep.equal([1, 2]);
    });

    it('refuses a file that is not JSON and names it', () => {
      writeFileSync(join(folder, 'types/TD-DL.json'), '{');
      expect(load).to.throw('catalogue file TD-DL.json: this is not JSON');
    });

    for (const [what, edit, message] of [
      ['is of no type', { code: 'TD-X' }, 'belong in a file named TD-X.json'],
      ['renews what ends item by item', { code: 'TD-DL' }, '"renewal" is for types whose end follows from their start'],
      ['has a window without an end', { renewal: { earliest: { months: 3 } } }, '"renewal.latest" must be an object'],
      ['has both months and days', { renewal: { earliest: { months: 3, days: 1 }, latest: { days: 0 } } }, 'or "days"'],
      ['has a day that is none', { renewal: { earliest: { days: 3.5 }, latest: { days: 0 } } }, 'a whole number'],
      [
        'reminds on the last day',
        { reminders: [{ days: 14 }, { days: 0 }] },
        '"reminders" must come one after another',
      ],
      [
        'reminds twice on one day',
        { reminders: [{ days: 14 }, { days: 14 }] },
        '"reminders" must come one after another',
      ],
      ['reminds of the nearest first', { reminders: [{ days: 14 }, { days: 60 }] }, '"reminders" must come one after'],
      ['reminds in months', { reminders: [{ months: 2 }] }, '"reminders.months" is not known'],
      ['says what nobody knows', { remind: [30] }, '"remind" is not known'],
      ['follows no date', { follows: { claim: 'licenceNumber', months: 12 } }, '"follows" names a required date'],
      ['follows a date for no time', { follows: { claim: 'examDate' } }, '"follows.months" must be a whole number'],
      ['has a parent by no claim', { parent: { types: ['FEHD-FF'], claim: 'nobody' } }, '"parent" names types'],
      ['has a parent of others', { parent: { types: ['TD-VL'], claim: 'licenceNumber' } }, '"parent" names types'],
      [
        'has a parent that is itself',
        { parent: { types: ['FEHD-GRL'], claim: 'licenceNumber' } },
        '"parent" names types',
      ],
      ['becomes itself', { becomes: ['FEHD-GRL'] }, '"becomes" names other types of the same department'],
      ['becomes what another issues', { becomes: ['TD-VL'] }, '"becomes" names other types of the same department'],
    ] as const)
      it(`refuses a lifecycle that ${what}`, () => {
        const name = 'code' in edit && edit.code === 'TD-DL' ? 'lifecycles/TD-DL.json' : 'lifecycles/FEHD-GRL.json';
        change('lifecycles/FEHD-GRL.json', (json) => Object.assign(json, edit), name);
        expect(load).to.throw(message);
      });

    for (const [what, facts, message] of [
      ['is one alone', [{ claim: 'patientName' }], 'must be two or more different ones'],
      ['is told twice', [{ claim: 'patientName' }, { claim: 'patientName' }], 'must be two or more different ones'],
      ['stands in the QR code, as the other does', [{ date: 'issued' }, { date: 'validFrom' }], 'a claim among them'],
      ['is not on the paper', [{ claim: 'patientName' }, { date: 'validUntil' }], '"validUntil" has no label'],
      [
        'may be left out',
        [{ claim: 'patientName' }, { claim: 'consultation' }],
        '"consultation" of HA-MC must be required',
      ],
      ['is unknown', [{ claim: 'patientName' }, { claim: 'nobody' }], '"nobody" has no label'],
      ['is the end of a name', [{ claim: 'patientName', last: 3 }, { claim: 'leaveFrom' }], '"last" of patientName'],
      ['is no date of a credential', [{ claim: 'patientName' }, { date: 'born' }], '"facts.date" must be one of'],
      ['says what nobody knows', [{ claim: 'patientName', first: 3 }], '"facts.first" is not known'],
    ] as const)
      it(`refuses a fact that ${what}`, () => {
        change('look-ups/HA-MC.json', (json) => Object.assign(json, { facts }));
        expect(load).to.throw(message);
      });

    it('refuses a type that is shown for facts and names none, and facts of a type that is not', () => {
      change('look-ups/HA-MC.json', (json) => Object.assign(json, { code: 'TD-DL' }), 'look-ups/TD-DL.json');
      expect(load).to.throw('look-ups/TD-DL.json: "disclosure" of the type is another');
      rmSync(join(folder, 'look-ups/TD-DL.json'));
      rmSync(join(folder, 'look-ups/HA-MC.json'));
      expect(load).to.throw('look-ups/HA-MC.json: is missing');
    });

    describe('of how documents look', () => {
      const logoOf = (width: number, height: number, size = 2_000) => {
        const bytes = Buffer.alloc(size);
        Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]).copy(bytes);
        bytes.writeUInt32BE(width, 16);
        bytes.writeUInt32BE(height, 20);
        return bytes;
      };
      const look = (edit: object, logo?: Buffer) => {
        change('looks/HA.json', (json) => Object.assign(json, edit));
        if (!logo) return;
        mkdirSync(join(folder, 'logos'));
        writeFileSync(join(folder, 'logos/HA.png'), logo);
      };
      const department = () => load().departments.find(({ code }) => code === 'HA');

      it('gives the department its logo and accent, and its types their order', () => {
        look({ logo: 'HA.png' }, logoOf(400, 200));
        expect(department()?.look).to.deep.equal({ logo: new Uint8Array(logoOf(400, 200)), accent: '#004b87' });
        const { types, departments } = load();
        expect(types.find(({ code }) => code === 'HA-MC')?.order).to.deep.equal([
          'patientName',
          'consultation',
          'leaveFrom',
          'leaveTo',
          'doctor',
        ]);
        expect(types.find(({ code }) => code === 'TD-DL')?.order).to.deep.equal([]);
        expect(departments.find(({ code }) => code === 'TD')?.look).to.deep.equal({ logo: null, accent: null });
      });

      const ordered = (...order: string[]) => ({ types: { 'HA-MC': { order } } });
      for (const [what, edit, message] of [
        ['is of no department', { department: 'X' }, 'belong in a file named X.json'],
        ['has a light accent', { accent: '#e8a33d' }, '"accent" must be dark enough for black and white'],
        ['has a colour by its name', { accent: 'navy' }, '"accent" must be # and 6 hexadecimal digits'],
        ['orders the type of another', { types: { 'TD-DL': { order: [] } } }, '"TD-DL" is no type of it'],
        ['names a claim that is none', ordered('patient'), 'names "patient", which is no claim of it'],
        ['names a claim twice', ordered('doctor', 'doctor'), 'must name each claim once'],
        ['says what nobody knows', { orientation: 'landscape' }, '"orientation" is not known'],
        ["takes another's logo", { logo: 'TD.png' }, '"logo" must be HA.png'],
      ] as const)
        it(`refuses one that ${what}`, () => {
          look(edit);
          expect(load).to.throw(message);
        });

      for (const [what, logo, message] of [
        ['no picture', Buffer.from('GIF89a'.repeat(20)), 'must be a PNG file'],
        ['coarse in print', logoOf(150, 150), '160 to 640 pixels high'],
        ['larger than print can show', logoOf(700, 700), '160 to 640 pixels high'],
        ['a banner', logoOf(601, 200), 'at most 3 times as wide'],
        ['heavy', logoOf(300, 300, 100_001), 'at most 100000 bytes'],
      ] as const)
        it(`refuses a logo that is ${what}`, () => {
          look({ logo: 'HA.png' }, logo);
          expect(load).to.throw(message);
        });
    });

    it('refuses a file whose code is not its name', () => {
      change('types/TD-DL.json', (json) => Object.assign(json, { code: 'TD-VL' }));
      expect(load).to.throw('belong in a file named TD-VL.json');
    });

    it('refuses a new version in the file of the first', () => {
      change('types/TD-DL.json', (json) => Object.assign(json, { version: 2 }));
      expect(load).to.throw('belong in a file named TD-DL.2.json');
    });

    it('refuses a type of a department without a profile', () => {
      rmSync(join(folder, 'departments/TD.json'));
      expect(load).to.throw('"department" has no profile');
    });

    it('refuses a department whose code is not its name', () => {
      change('departments/TD.json', (json) => Object.assign(json, { code: 'XX' }));
      expect(load).to.throw('catalogue file TD.json');
    });

    it('refuses a rule that follows a claim of another type', () => {
      change('types/TD-DL.json', (json) => Object.assign(json, { validity: { kind: 'perItem', claim: 'holderName' } }));
      expect(load).to.throw('"validity.claim" must name a claim of type classList');
      change('types/TIA-BP.json', (json) => Object.assign(json, { validity: { kind: 'followsParent', claim: 'x' } }));
      rmSync(join(folder, 'types/TD-DL.json'));
      expect(load).to.throw('"validity.claim" must name a claim of type identifier');
    });
  });
});
