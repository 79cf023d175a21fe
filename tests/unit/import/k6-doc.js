import http from 'k6/http';
import { check, group, sleep } from 'k6';
import { Counter, Rate, Trend } from 'k6/metrics';

const BASE_URL = __ENV.BASE_URL || 'https://quickpizza.example';
const errorRate = new Rate('errors');
const waiting = new Trend('waiting_time', true);
const orders = new Counter("Orders Made");

/* the load */
export const options = {
  stages: [
    { duration: '30s', target: 20 },
    { duration: '1m30s', target: 20 }, // stay
    { duration: '20s', target: 0 },
  ],
  thresholds: {
    http_req_duration: ['p(95)<500', 'p(99.9) < 2000'],
    'http_req_duration{name:login}': ['avg<300'],
    http_req_failed: [{ threshold: 'rate<0.01', abortOnFail: true, delayAbortEval: '10s' }],
    errors: ['rate<0.1'],
    'http_req_duration{staticAsset:yes}': ['p(95)<100'],
    group_duration: ['avg<1'],
    'http_req_duration{expected_response:true}': ['p(95)<400'],
    'http_reqs{status:500}': ['count<10'],
    'checks{check:fast = good}': ['rate>0.9'],
    'checks{check:complicated}': ['rate>0.9'],
  },
};

function auth(token) {
  return { headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' } };
}

export default function () {
  let token;
  group('login', () => {
    const res = http.post(`${BASE_URL}/login`, JSON.stringify({ user: 'alice', pass: "it's", n: [1, 2.5, true, null] }), {
      headers: { 'Content-Type': 'application/json' },
      tags: { name: 'login' },
    });
    const ok = check(res, {
      'status is 200': (r) => r.status === 200,
      'fast = good': (r) => r.timings.duration < 500 && r.status !== 503,
      'has token': (r) => r.json('token') !== '',
      'says welcome': (r) => r.body.includes('Welcome "you"'),
      'complicated': (r) => r.html('h1').text() === 'x',
    });
    errorRate.add(!ok);
    token = res.json('token');
  });
  sleep(1);

  const responses = http.batch([
    ['GET', `${BASE_URL}/api/pizzas?page=${1 + 1}`, null, auth(token)],
    { method: 'GET', url: BASE_URL + '/logo.png' },
    `${BASE_URL}/style.css`,
  ]);
  check(responses[0], { 'list ok': (r) => r.status === 200 || r.status === 304 });

  const order = http.post(`${BASE_URL}/api/orders`, { sku: 'A 17', qty: 3 }, auth(token));
  check(order, { created: (r) => r.status == 201 }) || errorRate.add(1);
  waiting.add(order.timings.waiting);
  orders.add(1);
  const id = order.json().data.orders[0].id;
  http.get(`${BASE_URL}/api/orders/${id}/${__VU}`);
  if (id > 3) {
    http.del(`${BASE_URL}/api/orders/${id}`);
  }
  for (let i = 0; i < 3; i++) {
    http.get('https://other.example/x');
  }
  sleep(Math.random() * 3);
}

export function teardown(data) {
  http.get(`${BASE_URL}/cleanup`);
}
