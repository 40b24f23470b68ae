// Runs a workload with @cloud-copilot/iam-simulate; bench/engine.py describes the input and output.
//
//   node iam_simulate.mjs WORKLOAD MODULES core|run
//
// `core` calls authorize(), the engine without its input checks: all policies are loaded and all requests built before
// the clock starts. `run` calls the public runSimulation() with policies that were validated once.
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const [path, modules, mode] = process.argv.slice(2)
const workload = JSON.parse(readFileSync(path, 'utf8'))
const load = (file) => import(pathToFileURL(join(modules, '@cloud-copilot', file)).href)
const policies = await load('iam-policy/dist/esm/index.js')

const say = (value) => process.stdout.write(JSON.stringify(value) + '\n')
let once

if (Array.isArray(workload)) {
  const validate = policies.validateIdentityPolicy
  once = () => workload.map((each) => policies.createValidatedPolicy(each, validate))
  say({ faulty: once().filter((each) => each.errors.length > 0).length })
} else {
  const ask = mode === 'core' ? await core() : await run()
  once = async () => {
    const answers = []
    for (const question of ask) {
      const answer = question()
      answers.push(mode === 'core' ? answer : await answer)
    }
    return answers
  }
  const words = (await once()).map((answer) => (mode === 'core' ? answer.result : answer.overallResult) ?? 'error')
  say({ decisions: words })
}

for await (const line of createInterface({ input: process.stdin })) {
  const before = process.cpuUsage()
  for (let number = Number(line); number > 0; number--) await once()
  const used = process.cpuUsage(before)
  say((used.user + used.system) / 1e6)
}

async function core() {
  const { authorize } = await load('iam-simulate/dist/esm/core_engine/CoreSimulatorEngine.js')
  const { AwsRequestImpl } = await load('iam-simulate/dist/esm/request/request.js')
  const { RequestContextImpl } = await load('iam-simulate/dist/esm/requestContext.js')
  const constraints = await load('iam-simulate/dist/esm/context_keys/discoveryContextKeyConstraints.js')
  const simulationParameters = {
    simulationMode: 'Strict',
    discoveryContextKeyConstraints: new constraints.DiscoveryContextKeyConstraints([])
  }
  const setups = workload.setups.map((setup) => ({
    identityPolicies: setup.identity_policies.map((each, index) => policies.loadPolicy(each, { name: `p${index}` })),
    resourcePolicy: policies.loadPolicy(setup.resource_policy, { name: 'resource' }),
    serviceControlPolicies: setup.scps.map((level, number) => ({
      orgIdentifier: `level-${number}`,
      policies: level.map((each, index) => policies.loadPolicy(each, { name: `scp${index}` }))
    })),
    resourceControlPolicies: [],
    sessionPolicy: undefined,
    permissionBoundaries: undefined,
    vpcEndpointPolicies: undefined,
    simulationParameters
  }))
  return workload.requests.map((request) => {
    const question = {
      ...setups[request.setup],
      request: new AwsRequestImpl(
        workload.setups[request.setup].principal,
        { resource: request.resource, accountId: request.resource_account },
        request.action,
        new RequestContextImpl(request.context),
        false
      )
    }
    return () => authorize(question)
  })
}

async function run() {
  const { runSimulation } = await load('iam-simulate/dist/esm/index.js')
  const checked = (each, validate) => policies.createValidatedPolicy(each, validate)
  const setups = workload.setups.map((setup) => ({
    identityPolicies: setup.identity_policies.map((each, index) => ({
      name: `p${index}`,
      policy: checked(each, policies.validateIdentityPolicy)
    })),
    resourcePolicy: checked(setup.resource_policy, policies.validateResourcePolicy),
    serviceControlPolicies: setup.scps.map((level, number) => ({
      orgIdentifier: `level-${number}`,
      policies: level.map((each, index) => ({
        name: `scp${index}`,
        policy: checked(each, policies.validateServiceControlPolicy)
      }))
    })),
    resourceControlPolicies: []
  }))
  return workload.requests.map((request) => {
    const simulation = {
      ...setups[request.setup],
      request: {
        principal: workload.setups[request.setup].principal,
        action: request.action,
        resource: { resource: request.resource, accountId: request.resource_account },
        contextVariables: request.context
      }
    }
    return () => runSimulation(simulation, { simulationMode: 'Strict' })
  })
}
