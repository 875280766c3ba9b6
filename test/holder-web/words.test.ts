import { loadDictionary } from '../../holder-web/dictionaries.ts';
import { itSpeaksThreeLanguages } from '../ui/languages.ts';

describe('the words of the holder’s page', () => itSpeaksThreeLanguages(loadDictionary));
