import { remove } from './test-cluster.mjs';

export default async function teardown() {
  await remove(process.env.TEST_CLUSTER);
}
