import http from "k6/http";
import { sleep } from "k6";
import { randomIntBetween, uuidv4 } from 'https://jslib.k6.io/k6-utils/1.4.0/index.js';

export const options = {
  discardResponseBodies: true,
  insecureSkipTLSVerify: true,
  scenarios: {
    contacts: {
      executor: 'ramping-vus', startVUs: 0, gracefulRampDown: '10s', exec: 'contacts',
      stages: [{ duration: '20s', target: 10 }, { duration: '10s', target: 0 }],
    },
    news: {
      executor: 'constant-arrival-rate', exec: 'news', rate: 30, timeUnit: '1m', duration: '30s',
      preAllocatedVUs: 50, maxVUs: 100, startTime: '10s',
    },
    rush: {
      executor: 'ramping-arrival-rate', startRate: 50, timeUnit: '1s', preAllocatedVUs: 5,
      stages: [{ target: 200, duration: '30s' }, { target: 0, duration: '30s' }], exec: 'news',
    },
    by_hand: { executor: 'externally-controlled', vus: 10, maxVUs: 50, duration: '10m', exec: 'nowhere' },
  },
};

export function contacts() {
  http.get('https://test.example/contacts.php', { tags: { my_custom_tag: 'contacts' } });
  sleep(randomIntBetween(1, 5));
}

export const news = () => {
  const body = { id: uuidv4(), n: randomIntBetween(1, 9) };
  http.post('https://test.example/news.php', JSON.stringify(body), { headers: { 'X-Key': __ENV.MY_KEY }, timeout: '20s' });
};
