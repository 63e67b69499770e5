import { indexForm } from '../../engine/form-index.js';
import { sampleQuestionnaire } from '../../audits/sample-questionnaire.js';
import { sentAnswers } from './sent-answers.js';

const items = indexForm(sampleQuestionnaire()).items.map((item) => ({ address: item.code, item }));
const sent = (fields: Record<string, string | string[]>) => sentAnswers(items, fields);

describe('what the form of a section sends', () => {
  it('are the answers that the person wrote, with the version they saw', () => {
    expect(sent({ 'name.seen': '2', 'name.was': '"前"', 'name.value': '後', 'terminals.seen': '0', 'terminals.was': 'null', 'terminals.value': '' })).toEqual([{ item: 'name', value: '後', seen: 2 }]);
  });

  it('leaves out what was not touched, also when a browser writes the ends of lines its own way', () => {
    expect(sent({ 'remarks.seen': '1', 'remarks.was': '"一行目\\n二行目"', 'remarks.value': '一行目\r\n二行目' })).toEqual([]);
    expect(sent({ 'media.seen': '1', 'media.was': '{"checked":["usb","other"],"texts":{"other":"SD"}}', 'media.checked': ['usb', 'other'], 'media.text.other': 'SD' })).toEqual([]);
  });

  it('sends what was taken away as a blank', () => {
    expect(sent({ 'media.seen': '3', 'media.was': '{"checked":["usb"]}' })).toEqual([{ item: 'media', value: null, seen: 3 }]);
    expect(sent({ 'manual.seen': '1', 'manual.was': '{"choice":"yes"}', 'manual.choice': '' })).toEqual([{ item: 'manual', value: null, seen: 1 }]);
  });

  it('keeps what cannot be read as it was typed, for the engine to refuse', () => {
    expect(sent({ 'terminals.seen': '0', 'terminals.was': 'null', 'terminals.value': '十二' })).toEqual([{ item: 'terminals', value: '十二', seen: 0 }]);
  });

  it('leaves out questions of which the person keeps what is stored, and what nobody answers', () => {
    expect(sent({ 'keep.name': 'theirs', 'name.seen': '1', 'name.was': 'null', 'name.value': 'x', 'intro.seen': '0', 'intro.value': 'x' })).toEqual([]);
  });

  it('sends a confirmed answer though it is the same, and everything where the page does not say what it showed', () => {
    expect(sent({ 'terminals.seen': '1', 'terminals.was': '12', 'terminals.value': '12', 'terminals.confirm': 'yes' })).toEqual([{ item: 'terminals', value: 12, seen: 1, confirm: true }]);
    expect(sent({ 'name.seen': 'x', 'name.value': 'y' })).toEqual([{ item: 'name', value: 'y', seen: Number.NaN }]);
  });
});
