import http from 'k6/http';
import { check } from 'k6';
import { SharedArray } from 'k6/data';
const users = new SharedArray('users', function () { return JSON.parse(open('./users.json')).users; });
export const options = { iterations: 100, vus: 5, dns: { ttl: '1m' } };
const re = /\/\*[/"'`]+/g, half = 4 / 2 / 1;
export default function () {
  const user = users[Math.floor(Math.random() * users.length)];
  http.get('https://h.example/users/' + user.id);
  http.batch(users.map((u) => ['GET', u.url]));
  const res = http.request('PATCH', 'https://h.example/ok', open('./payload.json'), { headers: { 'X-User': user.name } });
  check(res, { 'no error': (r) => !r.body.includes('error') && (r.status < 300 || r.status === 304) });
  check(res, { header: (r) => r.headers['Content-Type'] === 'application/json' });
  http.put(`https://h.example/a`, user);
}
